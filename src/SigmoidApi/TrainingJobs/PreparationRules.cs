using FluentValidation;
using FluentValidation.Results;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs;

/// <summary>The rules of column preparation that need no data set.</summary>
internal static class PreparationRules
{
    /// <summary>Checks the preparation of all numbers or all categories, which must not have members that are for single columns.</summary>
    public static void CheckAll(ColumnPreparationRequest? preparation, bool ofCategories, string path, ValidationContext<TrainingRequest> context)
    {
        Check(preparation, path, context);
        if (preparation is null)
            return;
        if (preparation.Type is not null)
            context.AddFailure(new ValidationFailure($"{path}.type", "expected nothing: a type is for a single column, in 'columns'"));
        if (preparation.Reference is not null)
            context.AddFailure(new ValidationFailure($"{path}.reference", "expected nothing: a reference level is for a single column, in 'columns'"));
        if (ofCategories && CategoryImputation(preparation, "categories") is { } failure)
            context.AddFailure(new ValidationFailure($"{path}.{failure.Member}", failure.Message));
    }

    public static void Check(ColumnPreparationRequest? preparation, string path, ValidationContext<TrainingRequest> context)
    {
        if (preparation is null)
            return;
        var hasFill = preparation.FillNumber is not null || preparation.FillLevel is not null;
        Require(preparation.FillNumber is null || double.IsFinite(preparation.FillNumber.Value), "fillNumber", "a finite number");
        Require(!hasFill || preparation.Imputation == Imputation.Constant, "imputation", "'constant' with a 'fillNumber' or 'fillLevel'");
        Require(preparation.MinFrequency is null or (>= 0 and < double.PositiveInfinity), "minFrequency", "a finite number of at least 0");
        Require(preparation.MaxLevels is null or >= 1, "maxLevels", "a whole number of at least 1");
        Require(preparation.Reference is null || preparation.Drop is null, "drop", "nothing with a 'reference', which is the dropped level");

        void Require(bool holds, string member, string expected)
        {
            if (!holds)
                context.AddFailure(new ValidationFailure($"{path}.{member}", $"expected {expected}"));
        }
    }

    /// <summary>Checks the imputation of a category.</summary>
    /// <param name="preparation">The preparation of one category, or of all.</param>
    /// <param name="categories">The category or categories, as the message names them.</param>
    /// <returns>The member that is wrong, and the message; null if nothing is wrong.</returns>
    public static (string Member, string Message)? CategoryImputation(ColumnPreparationRequest preparation, string categories) => preparation switch
    {
        { Imputation: Imputation.Mean or Imputation.Median } => ("imputation", $"expected the imputation 'most_frequent' or 'constant' for {categories}"),
        { Imputation: Imputation.Constant, FillLevel: null } => ("fillLevel", $"expected a 'fillLevel' with the imputation 'constant' for {categories}"),
        _ => null,
    };
}
