using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Evaluations;

public static class EvaluationEndpoints
{
    public static void AddEvaluations(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<EvaluationLimits>().BindConfiguration(EvaluationLimits.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<CreateEvaluation>().AddSingleton<ThresholdStore>().AddSingleton<EvaluationJobs>();
        builder.Services.AddSingleton(services => new JobRunner(JobKind.Evaluation, services.GetRequiredService<EvaluationJobs>().PrepareAsync));
    }

    public static void MapEvaluations(this RouteGroupBuilder api)
    {
        var evaluations = api.MapGroup("/evaluations").WithTag(
            "Evaluations", "How good a model is on rows with known classes: scores, intervals, curves, calibration, best thresholds, groups, comparisons.");
        var models = api.MapGroup("/models").WithModelTag();
        CreateEvaluation.Map(models, evaluations);
        ModelThreshold.Map(models);
        SetThreshold.Map(models);
        GetEvaluation.Map(evaluations);
        GetCurve.Map(evaluations);
    }
}
