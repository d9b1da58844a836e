using Microsoft.EntityFrameworkCore;

namespace SigmoidApi.Datasets;

public static class DatasetEndpoints
{
    public static void AddDatasets(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<DatasetOptions>().BindConfiguration(DatasetOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DatasetEngine>();
    }

    public static void MapDatasets(this RouteGroupBuilder api)
    {
        var datasets = api.MapGroup("/datasets").WithTags("Data sets");
        CreateDataset.Map(datasets);
        ListDatasets.Map(datasets);
        GetDataset.Map(datasets);
        GetDatasetRows.Map(datasets);
        DeleteDataset.Map(datasets);
    }

    /// <summary>Finds the data set that a path or a request means: by its id, or by its name the newest of that name.</summary>
    internal static Task<Dataset?> FindDatasetAsync(this IQueryable<Dataset> datasets, string idOrName, CancellationToken cancellationToken) =>
        Guid.TryParse(idOrName, out var id)
            ? datasets.SingleOrDefaultAsync(d => d.Id == id, cancellationToken)
            : datasets.Where(d => d.Name == idOrName).OrderByDescending(d => d.Id).FirstOrDefaultAsync(cancellationToken);
}
