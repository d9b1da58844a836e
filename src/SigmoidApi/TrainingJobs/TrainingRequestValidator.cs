using System.Globalization;
using FluentValidation;
using FluentValidation.Results;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs;

/// <summary>The rules of a request that need no data set. <see cref="DataCheck"/> has the others.</summary>
internal sealed class TrainingRequestValidator : AbstractValidator<TrainingRequest>
{
    public TrainingRequestValidator(IOptions<TrainingOptions> options)
    {
        var limits = options.Value;
        RulesOfData();
        RulesOfPenalty();
        RulesOfPath(limits);
        RulesOfSolver(limits);
        RulesOfClassWeight();
        RulesOfValidation(limits);
        RulesOfInference();
        RuleFor(r => r.TimeoutSeconds).Must(seconds => seconds is null || (seconds > 0 && seconds <= limits.MaxSeconds))
            .WithMessage($"expected more than 0 and at most {Text<double>(limits.MaxSeconds)} seconds (Training:MaxSeconds), got {{PropertyValue}}");
        RuleFor(r => r.OnTimeout).IsInEnum();
        RuleFor(r => r.Data!).SetValidator(new InlineDataValidator()).When(r => r.Data is not null);
    }

    private void RulesOfData()
    {
        RuleFor(r => r.DatasetId).NotEmpty().When(r => r.Data is null).WithMessage("expected the id or name of a data set, or 'data' instead");
        RuleFor(r => r.DatasetId).Null().When(r => r.Data is not null).WithMessage("expected either 'datasetId' or 'data', got both");
        RuleFor(r => r.Target).NotEmpty().When(r => r.Data is null).WithMessage("expected the name of the column to predict");
        RuleFor(r => r.Target).Null().When(r => r.Data is not null).WithMessage("expected no target with 'data', whose 'labels' are the target");
        RuleFor(r => r.Features).Null().When(r => r.Data is not null).WithMessage("expected no names of features with 'data', whose columns are x1, x2, …");
        RuleFor(r => r.Features).Must(f => f is null || f.Count > 0).WithMessage("expected at least one column, got none");
        RuleFor(r => r.Features).Must(f => f is null || f.Distinct(StringComparer.Ordinal).Count() == f.Count).WithMessage("expected each column once");
        RuleForEach(r => r.Features).NotNull().WithMessage("expected the name of a column, got null");
        RuleFor(r => r.Features).Must((r, f) => f is null || r.Target is null || !f.Contains(r.Target)).WithMessage("expected columns other than the target");
        RuleFor(r => r.SampleWeight).Null().When(r => r.Data is not null)
            .WithMessage("expected no name of a column with 'data', whose 'sampleWeight' has the weights");
        RuleFor(r => r.SampleWeight).Must(IsOtherColumn).WithMessage("expected a column that is neither the target nor a feature, got '{PropertyValue}'");
        RuleFor(r => r.ClusterBy).Null().When(r => r.Data is not null)
            .WithMessage("expected no name of a column with 'data', whose 'clusters' has the clusters");
        RuleFor(r => r.ClusterBy).Must(IsOtherColumn).WithMessage("expected a column that is neither the target nor a feature, got '{PropertyValue}'");
        RuleFor(r => r.Preparation).Null().When(r => r.Data is not null).WithMessage("expected no preparation with 'data', which has only numbers");
        RuleFor(r => r.Preparation).Null().When(r => r.InitialWeights is not null)
            .WithMessage("expected no preparation with 'initialWeights', which are for numbers without preparation");
        RuleFor(r => r.Preparation!).Custom((preparation, context) =>
        {
            var path = nameof(TrainingRequest.Preparation);
            PreparationRules.CheckAll(preparation.Numbers, ofCategories: false, $"{path}.numbers", context);
            PreparationRules.CheckAll(preparation.Categories, ofCategories: true, $"{path}.categories", context);
            foreach (var (name, column) in preparation.Columns ?? new Dictionary<string, ColumnPreparationRequest?>())
                PreparationRules.Check(column, $"{path}.columns{JsonPath.Member(name)}", context);
        }).When(r => r.Preparation is not null);
        RuleFor(r => r.ModelName).Name();
    }

    private void RulesOfPenalty()
    {
        RuleFor(r => r.MultiClass).IsInEnum();
        RuleFor(r => r.BaseClass).Null().When(r => r.EffectivePenalty != Penalty.None || r.MultiClass == MultiClass.OneVsRest)
            .WithMessage("expected nothing but with the penalty 'none' and multinomial classes: otherwise each class has coefficients of its own");
        RuleFor(r => r.Penalty).IsInEnum();
        RuleFor(r => r.Penalty).Must((r, p) => p is null or Penalty.ElasticNet || p == TrainingRequest.PenaltyOf(r.L1Ratio!.Value))
            .When(r => r.L1Ratio is not null)
            .WithMessage(r => $"expected '{PenaltyOf(r with { Penalty = null })}' or nothing with an l1Ratio of {Text(r.L1Ratio)}, got '{PenaltyOf(r)}'");
        RuleFor(r => r.Penalty).Must(p => p is null or Penalty.ElasticNet).When(r => r.L1Ratios is not null)
            .WithMessage(r => $"expected 'elasticnet' or nothing with 'l1Ratios', got '{PenaltyOf(r)}'");
        RuleFor(r => r.C).Must(c => c is null || NumberRules.IsPositive(c.Value)).WithMessage("expected a finite number above 0, got {PropertyValue}");
        RuleFor(r => r.L1Ratio).Must(l => l is null || NumberRules.IsProbability(l.Value)).WithMessage("expected a number from 0 to 1, got {PropertyValue}");
        RuleFor(r => r.L1Ratio).NotNull().When(r => r.Penalty == Penalty.ElasticNet && r.L1Ratios is null)
            .WithMessage("expected a number from 0 to 1 with the penalty 'elasticnet', got null");
    }

    private void RulesOfPath(TrainingOptions limits)
    {
        RuleFor(r => r.Cs).Null().When(r => r.C is not null).WithMessage("expected either 'c' or 'cs', got both");
        RuleFor(r => r.Cs).Must(cs => cs?.Count is not < 2)
            .WithMessage(r => $"expected a whole number of at least 2, or an array of numbers, got {Text(r.Cs!.Count)}");
        RuleFor(r => r.Cs).Custom((cs, context) => NumberRules.RequireDistinct(cs?.Given, NumberRules.IsPositive, "a finite number above 0", context))
            .When(r => PointsOf(r) <= limits.MaxPathPoints);
        RuleFor(r => r.L1Ratios).Null().When(r => r.L1Ratio is not null).WithMessage("expected either 'l1Ratio' or 'l1Ratios', got both");
        RuleFor(r => r.L1Ratios).Custom((ratios, context) => NumberRules.RequireDistinct(ratios, NumberRules.IsProbability, "a number from 0 to 1", context))
            .When(r => PointsOf(r) <= limits.MaxPathPoints);
        RuleFor(r => r.Cs).Must((r, _) => PointsOf(r) <= limits.MaxPathPoints).When(r => r.Cs is not null).WithMessage(TooManyPoints);
        RuleFor(r => r.L1Ratios).Must((r, _) => PointsOf(r) <= limits.MaxPathPoints).When(r => r.Cs is null).WithMessage(TooManyPoints);
        RuleFor(r => r.Cs).Null().When(r => r.EffectivePenalty is Penalty.None or Penalty.Firth)
            .WithMessage(r => $"expected no path with the penalty '{PenaltyOf(r)}', which has no c");
        RuleFor(r => r.Selection).IsInEnum();
        RuleFor(r => r.Selection).Null().When(r => r.IsPath && r.Validation is null)
            .WithMessage("expected nothing without a 'validation', by which to choose from the path");
        // A single fit is the best of one, so a client may write the default.
        RuleFor(r => r.Selection).NotEqual(Selection.OneStandardError).When(r => !r.IsPath)
            .WithMessage("expected 'best' or nothing without a path ('cs' or 'l1Ratios') to choose from");
        RuleFor(r => r.Selection).NotEqual(Selection.OneStandardError).When(r => r.IsPath && r.Validation is { Folds: null })
            .WithMessage("expected 'best' with a holdout: only 'validation.folds' have a standard error");

        string TooManyPoints(TrainingRequest request) => $"expected a path of at most {limits.MaxPathPoints} points, got {PointsOf(request)}";
    }

    private void RulesOfSolver(TrainingOptions limits)
    {
        RuleFor(r => r.Solver).IsInEnum();
        RuleFor(r => r.Solver).Must((r, solver) => SolversOf(r.EffectivePenalty).Contains(solver))
            .WithMessage(r => $"expected {string.Join(" or ", SolversOf(r.EffectivePenalty).Select(EnumNames.Of))} with the penalty '{PenaltyOf(r)}', "
                + $"got {EnumNames.Of(r.Solver)}");
        RuleFor(r => r.Solver).NotEqual(Solver.GradientDescent).When(r => r.IsPath && r.EffectivePenalty == Penalty.L2)
            .WithMessage("expected another solver than gradient_descent for a path");
        RuleFor(r => r.MaxIterations).InclusiveBetween(1, limits.MaxIterations).WithMessage("expected a whole number from {From} to {To}, got {PropertyValue}");
        RuleFor(r => r.Tolerance).Must(t => t is null || NumberRules.IsWeight(t.Value))
            .WithMessage("expected a finite number of at least 0, got {PropertyValue}");
        RuleFor(r => r.LearningRate).Positive();
        RuleFor(r => r.InitialWeights).Must(w => w is null || Array.TrueForAll(w, double.IsFinite)).WithMessage("expected finite numbers");
        RuleFor(r => r.InitialWeights).Must((r, w) => w is null || r.Data is null || w.Length == r.Data.Features.Columns)
            .WithMessage(r => $"expected a weight for each of the {r.Data!.Features.Columns} columns, got {r.InitialWeights!.Length}");
    }

    private void RulesOfClassWeight() =>
        RuleFor(r => r.ClassWeight!.ByLabel!).Custom((weights, context) =>
        {
            var path = nameof(TrainingRequest.ClassWeight);
            foreach (var (label, weight) in weights.Where(w => !NumberRules.IsWeight(w.Value)).Take(1))
            {
                var message = $"expected a finite number of at least 0, got {Text<double>(weight)}";
                context.AddFailure(new ValidationFailure(path + JsonPath.Member(label), message));
            }
        }).When(r => r.ClassWeight?.ByLabel is not null);

    private void RulesOfValidation(TrainingOptions limits)
    {
        RuleFor(r => r.Validation).Must(v => v is null || v.Holdout is null != v.Folds is null)
            .WithMessage(r => $"expected either 'holdout' or 'folds', got {(r.Validation!.Folds is null ? "neither" : "both")}");
        RuleFor(r => r.Validation!.Holdout).Must(h => h is null or (> 0 and < 1)).When(r => r.Validation is not null)
            .WithMessage(r => $"expected a share of the rows above 0 and below 1, got {Text(r.Validation!.Holdout)}");
        RuleFor(r => r.Validation!.Folds).InclusiveBetween(2, limits.MaxFolds).When(r => r.Validation is not null)
            .WithMessage("expected a whole number from {From} to {To}, got {PropertyValue}");
        RuleFor(r => r.Calibration!.Method).IsInEnum().When(r => r.Calibration is not null);
        RuleFor(r => r.Calibration!.Folds).InclusiveBetween(2, limits.MaxFolds).When(r => r.Calibration is not null)
            .WithMessage("expected a whole number from {From} to {To}, got {PropertyValue}");
        RuleFor(r => r.Validation!.GroupBy).Null().When(r => r.Data is not null && r.Validation is not null)
            .WithMessage("expected no name of a column with 'data'");
        RuleFor(r => r.Validation!.TimeBy).Null()
            .When(r => r.Validation is not null && (r.Data is not null || r.Validation.Holdout is null || r.Validation.GroupBy is not null))
            .WithMessage("expected nothing: 'timeBy' is for a 'holdout' of a data set, without 'groupBy'");
        RuleFor(r => r.Validation!.Folds).Null().When(r => r.Validation is not null && r.EffectivePenalty == Penalty.Firth)
            .WithMessage("expected no folds with the penalty 'firth'");
    }

    private void RulesOfInference()
    {
        RuleFor(r => r.CovarianceType).IsInEnum();
        RuleFor(r => r.CovarianceType).Equal(CovarianceType.Nonrobust).When(r => r.MultiClass == MultiClass.OneVsRest)
            .WithMessage(r => $"expected 'nonrobust' with one_vs_rest, which has no inference, got '{CovarianceOf(r)}'");
        RuleFor(r => r.CovarianceType).Equal(CovarianceType.Nonrobust).When(r => r.EffectivePenalty != Penalty.None)
            .WithMessage(r => $"expected 'nonrobust' with the penalty '{PenaltyOf(r)}', got '{CovarianceOf(r)}', which is for the penalty 'none'");
        RuleFor(r => r.ClusterBy).NotNull().When(r => r.Data is null && r.CovarianceType == CovarianceType.Cluster)
            .WithMessage("expected a column of the data set for the covarianceType 'cluster'");
        RuleFor(r => r.ClusterBy).Null().When(r => r.Data is null && r.CovarianceType != CovarianceType.Cluster)
            .WithMessage(r => $"expected nothing with the covarianceType '{CovarianceOf(r)}', got '{r.ClusterBy}'; clusters are for 'cluster'");
        RuleFor(r => r.Data!.Clusters).NotNull().When(r => r.Data is not null && r.CovarianceType == CovarianceType.Cluster)
            .WithMessage("expected a number for each row for the covarianceType 'cluster'");
        RuleFor(r => r.Data!.Clusters).Null().When(r => r.Data is not null && r.CovarianceType != CovarianceType.Cluster)
            .WithMessage(r => $"expected nothing with the covarianceType '{CovarianceOf(r)}'; clusters are for 'cluster'");
        RuleFor(r => r.Intervals).IsInEnum();
        RuleFor(r => r.Intervals).Null().When(r => r.EffectivePenalty is not (Penalty.None or Penalty.Firth))
            .WithMessage(r => $"expected nothing with the penalty '{PenaltyOf(r)}', whose coefficients have no intervals; "
                + "they are for the penalties 'none' and 'firth'");
        RuleFor(r => r.Intervals).NotEqual(ConfidenceIntervals.Profile).When(r => r.EffectivePenalty == Penalty.None)
            .WithMessage("expected 'wald' or 'none' with the penalty 'none', got 'profile', which is for the penalty 'firth'");
        RuleFor(r => r.ConfidenceLevel).Must(level => level is > 0 and < 1).WithMessage("expected a number above 0 and below 1, got {PropertyValue}");
    }

    private static bool IsOtherColumn(TrainingRequest request, string? column) =>
        column is null || (column.Length > 0 && column != request.Target && request.Features?.Contains(column) is not true);

    private static Solver[] SolversOf(Penalty penalty) => penalty switch
    {
        Penalty.L1 or Penalty.ElasticNet => [Solver.Auto, Solver.CoordinateDescent],
        Penalty.Firth => [Solver.Auto, Solver.Newton],
        _ => Enum.GetValues<Solver>(),
    };

    private static long PointsOf(TrainingRequest request) => (long)(request.Cs?.Length ?? 1) * (request.L1Ratios?.Length ?? 1);

    private static string PenaltyOf(TrainingRequest request) => EnumNames.Of(request.EffectivePenalty);

    private static string CovarianceOf(TrainingRequest request) => EnumNames.Of(request.CovarianceType);

    private static string Text<T>(T? value)
        where T : struct, IFormattable => value?.ToString(format: null, CultureInfo.InvariantCulture) ?? "null";

    private sealed class InlineDataValidator : AbstractValidator<InlineData>
    {
        public InlineDataValidator()
        {
            RuleFor(d => d.Features).Rows();
            RuleFor(d => d.Labels).LabelsFor(d => d.Features.Rows);
            RuleFor(d => d.SampleWeight).RowWeightsFor(d => d.Features.Rows);
            RuleFor(d => d.Clusters).ClustersFor(d => d.Features.Rows);
        }
    }
}
