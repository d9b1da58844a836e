using System.Globalization;
using System.Text.Json;
using FluentValidation;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;

namespace SigmoidApi.TrainingJobs;

/// <summary>What can be said of a request without looking at its data set.</summary>
internal sealed class TrainingRequestValidator : AbstractValidator<TrainingRequest>
{
    public TrainingRequestValidator(IOptions<TrainingOptions> options)
    {
        RuleFor(r => r.DatasetId).NotEmpty().When(r => r.Data is null).WithMessage("expected the id or name of a data set, or 'data' instead");
        RuleFor(r => r.DatasetId).Null().When(r => r.Data is not null).WithMessage("expected either 'datasetId' or 'data', got both");
        RuleFor(r => r.Target).NotEmpty().When(r => r.Data is null).WithMessage("expected the name of the column to predict");
        RuleFor(r => r.Target).Null().When(r => r.Data is not null).WithMessage("expected no target beside 'data', whose 'labels' are the target");
        RuleFor(r => r.Features).Null().When(r => r.Data is not null).WithMessage("expected no names of features beside 'data', whose columns are x1, x2, …");
        RuleFor(r => r.Features).Must(f => f is null || f.Count > 0).WithMessage("expected at least one column, got none");
        RuleFor(r => r.Features).Must(f => f is null || f.Distinct(StringComparer.Ordinal).Count() == f.Count).WithMessage("expected each column once");
        RuleFor(r => r.Features).Must((r, f) => f is null || r.Target is null || !f.Contains(r.Target)).WithMessage("expected columns other than the target");
        RuleFor(r => r.PositiveClass).Must((r, c) => c is null || r.PositiveClassValue is not null).WithMessage("expected one of the target's two values, got '{PropertyValue}'");
        RuleFor(r => r.ModelName).Name();

        RuleFor(r => r.Solver).IsInEnum();
        RuleFor(r => r.C).Positive();
        RuleFor(r => r.L1Ratio).Must(l => l is null or 0).WithMessage("expected 0, which is the penalty 'l2', got {PropertyValue}; this version has no 'l1'");
        RuleFor(r => r.Penalty).Must((r, p) => r.L1Ratio is null || p is null or Penalty.L2).WithMessage("expected 'l2' or nothing beside an l1Ratio of 0");
        RuleFor(r => r.ClassWeight).Must(IsNull).WithMessage("expected null: this version has no class weights");
        RuleFor(r => r.SampleWeight).Must(IsNull).WithMessage("expected null: this version has no sample weights");
        RuleFor(r => r.MaxIterations).InclusiveBetween(1, options.Value.MaxIterations).WithMessage("expected a whole number from {From} to {To}, got {PropertyValue}");
        RuleFor(r => r.Tolerance).Must(t => t is null || (double.IsFinite(t.Value) && t >= 0)).WithMessage("expected a finite number of at least 0, got {PropertyValue}");
        RuleFor(r => r.LearningRate).Positive();
        RuleFor(r => r.InitialWeights).Must(w => w is null || Array.TrueForAll(w, double.IsFinite)).WithMessage("expected finite numbers");
        RuleFor(r => r.InitialWeights).Must((r, w) => w is null || r.Data is null || w.Length == r.Data.Features.Columns)
            .WithMessage(r => $"expected a weight for each of the {r.Data!.Features.Columns} columns, got {r.InitialWeights!.Length}");
        RuleFor(r => r.Validation!.Holdout).Must(h => h is > 0 and < 1).When(r => r.Validation is not null)
            .WithMessage(r => $"expected a share of the rows above 0 and below 1, got {r.Validation!.Holdout?.ToString(CultureInfo.InvariantCulture) ?? "null"}");

        RuleFor(r => r.Data!).SetValidator(new InlineDataValidator()).When(r => r.Data is not null);
    }

    private static bool IsNull(JsonElement? value) => value is null or { ValueKind: JsonValueKind.Null };

    private sealed class InlineDataValidator : AbstractValidator<InlineData>
    {
        public InlineDataValidator()
        {
            RuleFor(d => d.Features).Rows();
            RuleFor(d => d.Labels).LabelsFor(d => d.Features.Rows);
        }
    }
}
