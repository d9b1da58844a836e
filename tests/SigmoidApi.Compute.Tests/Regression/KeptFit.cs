using System.Text.Json;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Regression;

/// <summary>A fit that saves its parts like a store. It can be resumed from the parts that the store had at any report.</summary>
internal sealed class KeptFit
{
    private static readonly JsonSerializerOptions Everything = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new ModelConverter(), new ColumnConverter() },
    };

    private readonly Func<LogisticOptions, FitControl, LogisticTraining> _train;
    private readonly LogisticOptions _options;

    private KeptFit(Func<LogisticOptions, FitControl, LogisticTraining> train, LogisticOptions options) =>
        (_train, _options) = (train, options with { TimeProvider = new StoppedTime() });

    /// <summary>Every number of the result, to the last bit.</summary>
    public string Outcome { get; private set; } = "";

    public List<FitProgress> Reports { get; } = [];

    /// <summary>For each report the parts that were saved before it; the last entry has the parts at the end.</summary>
    public List<FitCheckpoint[]> PartsAt { get; } = [];

    public FitCheckpoint[] Parts => PartsAt[^1];

    public static KeptFit Of(DesignMatrix features, double[] labels, LogisticOptions options, FitCheckpoint[]? parts = null) =>
        new KeptFit((o, control) => LogisticTrainer.Train(features, labels, o, control, TestContext.Current.CancellationToken), options).Run(parts);

    public static KeptFit Of(FeatureTable table, double[] labels, LogisticOptions options, FitCheckpoint[]? parts = null)
    {
        ColumnPreparation[] preparation = [.. table.Columns.Select(_ => new ColumnPreparation())];
        return new KeptFit((o, control) => LogisticTrainer.Train(table, preparation, labels, o, control, TestContext.Current.CancellationToken), options)
            .Run(parts);
    }

    public KeptFit Resumed(FitCheckpoint[] parts, int threads = 1) => new KeptFit(_train, _options with { Threads = threads }).Run(parts);

    public LogisticTraining Train(FitControl control) => _train(_options, control);

    public static string Describe(LogisticTraining training) => JsonSerializer.Serialize(training, Everything);

    private KeptFit Run(FitCheckpoint[]? parts)
    {
        var store = (parts ?? []).ToDictionary(part => part.Part);
        Outcome = Describe(Train(new FitControl
        {
            Progress = report =>
            {
                Reports.Add(report);
                PartsAt.Add([.. store.Values]);
            },
            CheckpointInterval = TimeSpan.Zero,
            Checkpoint = written =>
            {
                foreach (var part in written)
                {
                    if (parts is null && store.GetValueOrDefault(part.Part) is { IsFinal: true })
                        throw new InvalidOperationException($"Part {part.Part} was saved again after its last state.");
                    store[part.Part] = part;
                }
            },
            Resume = parts,
        }));
        PartsAt.Add([.. store.Values.OrderBy(part => part.Part)]);
        return this;
    }

    private sealed class StoppedTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    private sealed class ModelConverter : JsonConverter<LogisticModel>
    {
        public override LogisticModel Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, LogisticModel value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Coefficients.ToArray().Prepend(value.Intercept), options);
    }

    private sealed class ColumnConverter : JsonConverter<FittedColumn>
    {
        public override FittedColumn Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, FittedColumn value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
    }
}
