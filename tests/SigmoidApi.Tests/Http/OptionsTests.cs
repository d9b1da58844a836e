namespace SigmoidApi.Tests.Http;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("Limits:MaxBodyBytes", "0", "LimitOptions", "MaxBodyBytes")]
    [InlineData("Limits:MaxRequestLineBytes", "1023", "LimitOptions", "MaxRequestLineBytes")]
    [InlineData("Limits:MaxHeaderBytes", "2000000", "LimitOptions", "MaxHeaderBytes")]
    [InlineData("Limits:MaxHeaders", "1", "LimitOptions", "MaxHeaders")]
    [InlineData("Limits:MaxValues", "-1", "LimitOptions", "MaxValues")]
    [InlineData("Limits:MaxTextBytes", "0", "LimitOptions", "MaxTextBytes")]
    [InlineData("Limits:MaxUpdateIterations", "0", "LimitOptions", "MaxUpdateIterations")]
    [InlineData("Limits:MaxStreamBytes", "0", "LimitOptions", "MaxStreamBytes")]
    [InlineData("Limits:MaxPageItems", "0", "LimitOptions", "MaxPageItems")]
    [InlineData("Limits:MaxWaitSeconds", "601", "LimitOptions", "MaxWaitSeconds")]
    [InlineData("Limits:MaxConnections", "0", "LimitOptions", "MaxConnections")]
    [InlineData("Limits:ReservedConnections", "0", "LimitOptions", "ReservedConnections")]
    [InlineData("Limits:ComputeThreads", "-1", "LimitOptions", "ComputeThreads")]
    [InlineData("Limits:ComputeNice", "20", "LimitOptions", "ComputeNice")]
    [InlineData("Limits:MaxComputeQueue", "0", "LimitOptions", "MaxComputeQueue")]
    [InlineData("Management:Port", "65536", "ManagementOptions", "Port")]
    [InlineData("Training:MaxSeconds", "0", "TrainingOptions", "MaxSeconds")]
    [InlineData("Limits:StopSeconds", "0", "LimitOptions", "StopSeconds")]
    [InlineData("Limits:DrainSeconds", "11", "DrainSeconds", "StopSeconds")]
    [InlineData("Idempotency:ExpiryHours", "0", "IdempotencyOptions", "ExpiryHours")]
    [InlineData("Retention:FinishedJobDays", "-1", "RetentionOptions", "FinishedJobDays")]
    [InlineData("Retention:HistoryDays", "-1", "RetentionOptions", "HistoryDays")]
    [InlineData("Retention:SweepMinutes", "0", "RetentionOptions", "SweepMinutes")]
    [InlineData("Training:MaxConcurrency", "0", "TrainingOptions", "MaxConcurrency")]
    [InlineData("Training:MaxIterations", "0", "TrainingOptions", "MaxIterations")]
    [InlineData("Training:Nice", "20", "TrainingOptions", "Nice")]
    [InlineData("Training:Threads", "-1", "TrainingOptions", "Threads")]
    [InlineData("Training:MaxFolds", "1", "TrainingOptions", "MaxFolds")]
    [InlineData("Training:MaxPathPoints", "0", "TrainingOptions", "MaxPathPoints")]
    [InlineData("Training:MemoryLimitMegabytes", "63", "TrainingOptions", "MemoryLimitMegabytes")]
    [InlineData("Training:MaxCovarianceParameters", "-1", "TrainingOptions", "MaxCovarianceParameters")]
    [InlineData("Training:PollMilliseconds", "501", "PollMilliseconds", "LeaseSeconds")]
    [InlineData("Training:LeaseSeconds", "1", "PollMilliseconds", "LeaseSeconds")]
    [InlineData("Datasets:Threads", "0", "DatasetOptions", "Threads")]
    public async Task OptionOutOfRangeEndsTheStartWithItsName(string key, string value, string options, string name)
    {
        await using var application = new TestApplication { Settings = { [key] = value, ["Serilog:MinimumLevel"] = "Fatal" } };

        var refusal = Should.Throw<Exception>(() => application.Api);

        refusal.Message.ShouldContain(options);
        refusal.Message.ShouldContain(name);
    }

    [Theory]
    [InlineData("Storage:Directory", "", "StorageOptions", "Directory")]
    [InlineData("Storage:CheckSeconds", "-1", "StorageOptions", "CheckSeconds")]
    [InlineData("Limits:MaxValues", "0", "LimitOptions", "MaxValues")]
    [InlineData("Http:PathBase", "sigmoid", "HttpOptions", "PathBase")]
    public async Task ProcessWithAWrongOptionEndsAndItsLogSaysWhich(string key, string value, string options, string name)
    {
        await using var service = new ServiceProcess { Settings = { [key] = value } };

        (await service.StartInVain()).ShouldNotBe(0);

        service.Log.ShouldContain(line => line.Contains(options, StringComparison.Ordinal) && line.Contains($"'{name}'", StringComparison.Ordinal));
    }
}
