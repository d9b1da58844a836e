using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;

namespace SigmoidApi.Evaluations;

/// <summary><c>GET</c> and <c>DELETE /evaluations/{id}</c>, and <c>GET /evaluations?model=</c></summary>
internal static class GetEvaluation
{
    /// <summary>Means the newest evaluation, as for jobs.</summary>
    private const string Latest = "latest";

    public static void Map(RouteGroupBuilder evaluations)
    {
        evaluations.MapGet("/{id}", Handle).WithName("GetEvaluation").WithSummary("An evaluation")
            .WithDescription("An evaluation never changes, and stays when the model or the data set is deleted.")
            .ProducesProblem(StatusCodes.Status404NotFound).WithEvaluationId().WithETag()
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", EvaluationExamples.Mails);
        evaluations.MapGet("/", List).WithName("ListEvaluations").WithSummary("The evaluations, newest first")
            .WithDescription("With `model`, those of the versions of that name.")
            .WithQueryParameter("model", "Only evaluations of this model.", Schemas.Text()).WithExampleOf("model", "\"mails\"")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "One evaluation", EvaluationExamples.List);
        evaluations.MapDelete("/{id}", Delete).WithName("DeleteEvaluation").WithSummary("Delete an evaluation with its curves")
            .WithDescription("A threshold that was chosen on it stays as it is.")
            .ProducesProblem(StatusCodes.Status404NotFound).WithEvaluationId();
    }

    internal static RouteHandlerBuilder WithEvaluationId(this RouteHandlerBuilder route) =>
        route.WithPathParameter("id", "The evaluation's id, or `latest` for the newest one.", Schemas.Text()).WithExampleOf("id", "\"latest\"");

    internal static ProblemHttpResult Missing(string id) => Problems.NotFound($"evaluation '{id}'");

    /// <summary>A query for the evaluation of an id, or the newest one.</summary>
    internal static IQueryable<Evaluation> Referenced(this IQueryable<Evaluation> evaluations, string id) =>
        id == Latest ? evaluations.OrderByDescending(e => e.Id).Take(1)
        : Guid.TryParse(id, out var parsed) ? evaluations.Where(e => e.Id == parsed)
        : evaluations.Where(e => false);

    private static async Task<Results<Ok<EvaluationResponse>, NotModified, ProblemHttpResult>> Handle(
        string id, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        if (await db.Evaluations.AsNoTracking().Referenced(id).SingleOrDefaultAsync(cancellationToken) is not { } evaluation)
            return Missing(id);
        return EntityTags.SetAndCompare(context, $"{evaluation.Id:n}") ? new NotModified() : TypedResults.Ok(evaluation.Answer);
    }

    private static async Task<Ok<PageOf<EvaluationSummary>>> List(Page page, string? model, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        var evaluations = db.Evaluations.AsNoTracking().Where(e => model == null || e.ModelName == model);
        if (page.Cursor is { } cursor)
            evaluations = evaluations.Where(e => e.Id < cursor);
        var found = await evaluations.OrderByDescending(e => e.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of([.. found.Select(EvaluationSummary.Of)], e => e.Id));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(string id, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginAsync(cancellationToken);
        var found = await db.Evaluations.Referenced(id).Select(e => e.Id).SingleOrDefaultAsync(cancellationToken);
        await db.EvaluationScores.Where(s => s.EvaluationId == found).ExecuteDeleteAsync(cancellationToken);
        var deleted = await db.Evaluations.Where(e => e.Id == found).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return deleted > 0 ? TypedResults.NoContent() : Missing(id);
    }
}
