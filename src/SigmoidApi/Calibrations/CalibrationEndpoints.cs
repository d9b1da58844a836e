using SigmoidApi.Models;

namespace SigmoidApi.Calibrations;

public static class CalibrationEndpoints
{
    public static void AddCalibrations(this WebApplicationBuilder builder) => builder.Services.AddSingleton<CalibrateModel>();

    public static void MapCalibrations(this RouteGroupBuilder api) => CalibrateModel.Map(api.MapGroup("/models").WithModelTag());
}
