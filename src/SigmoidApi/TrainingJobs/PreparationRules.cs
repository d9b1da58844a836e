using FluentValidation;
using FluentValidation.Results;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs;

/// <summary>What can be said of a column's preparation without looking at the column.</summary>
internal static class PreparationRules
{
    /// <summary>A word on all numbers or all categories: what is one column's own has no place in it.</summary>
    public static void CheckAll(ColumnPreparationRequest? word, bool ofCategories, string path, ValidationContext<TrainingRequest> context)
    {
        Check(word, path, context);
        if (word is null)
            return;
        if (word.Type is not null)
            context.AddFailure(new ValidationFailure($"{path}.type", "expected nothing: a type is of one column, in 'columns'"));
        if (word.Reference is not null)
            context.AddFailure(new ValidationFailure($"{path}.reference", "expected nothing: a reference level is of one column, in 'columns'"));
        if (ofCategories && word.Imputation is Imputation.Mean or Imputation.Median)
            context.AddFailure(new ValidationFailure($"{path}.imputation", "expected 'most_frequent' or 'constant'"));
        if (ofCategories && word is { Imputation: Imputation.Constant, FillLevel: null })
            context.AddFailure(new ValidationFailure($"{path}.fillLevel", "expected a level, for the imputation 'constant'"));
    }

    public static void Check(ColumnPreparationRequest? word, string path, ValidationContext<TrainingRequest> context)
    {
        if (word is null)
            return;
        Require(word.FillNumber is null || double.IsFinite(word.FillNumber.Value), "fillNumber", "a finite number");
        Require((word.FillNumber is null && word.FillLevel is null) || word.Imputation == Imputation.Constant, "imputation", "'constant' beside a value to fill with");
        Require(word.MinFrequency is null or (>= 0 and < double.PositiveInfinity), "minFrequency", "a finite number of at least 0");
        Require(word.MaxLevels is null or >= 1, "maxLevels", "a whole number of at least 1");
        Require(word.Reference is null || word.Drop is null, "drop", "nothing beside a 'reference', which is the level dropped");

        void Require(bool holds, string member, string expected)
        {
            if (!holds)
                context.AddFailure(new ValidationFailure($"{path}.{member}", $"expected {expected}"));
        }
    }
}
