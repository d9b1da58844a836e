using SigmoidApi.Http.Metadata;
using SigmoidApi.Tables.Sources;
using SigmoidApi.Workers;

namespace SigmoidApi.Datasets;

public static class DatasetEndpoints
{
    public static void AddDatasets(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<DatasetOptions>().BindConfiguration(DatasetOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DatasetWorkers>();
        builder.Services.AddSingleton<UploadReceiver>();
        builder.Services.AddSingleton<DatasetEngine>();
    }

    public static void MapDatasets(this RouteGroupBuilder api)
    {
        var datasets = api.MapGroup("/datasets").WithTag(
            "Data sets", "Tables of rows: upload a file, look at the profile of its columns and its rows, split it, get it back as a file.");
        CreateDataset.Map(datasets);
        ListDatasets.Map(datasets);
        GetDataset.Map(datasets);
        GetDatasetRows.Map(datasets);
        GetDatasetContent.Map(datasets);
        SplitDataset.Map(datasets);
        DeleteDataset.Map(datasets);
    }
}
