using SigmoidApi.Datasets.Import;

namespace SigmoidApi.Datasets;

public static class DatasetEndpoints
{
    public static void AddDatasets(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<DatasetOptions>().BindConfiguration(DatasetOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DatasetWorkers>();
        builder.Services.AddSingleton<UploadedFiles>();
        builder.Services.AddSingleton<DatasetEngine>();
    }

    public static void MapDatasets(this RouteGroupBuilder api)
    {
        var datasets = api.MapGroup("/datasets").WithTags("Data sets");
        CreateDataset.Map(datasets);
        ListDatasets.Map(datasets);
        GetDataset.Map(datasets);
        GetDatasetRows.Map(datasets);
        GetDatasetContent.Map(datasets);
        SplitDataset.Map(datasets);
        DeleteDataset.Map(datasets);
    }
}
