using DuckDB.NET.Native;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Simd;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Serving;

/// <summary>
/// A model as a DuckDB function. Its arguments are the model's columns in their order, as numbers and texts; its result is the probability, or with more than
/// two classes the list of their probabilities. With raw probabilities it is a list of the probabilities and then of the raw ones. DuckDB calls it for up to
/// 2,048 rows at a time, on any of its threads.
/// </summary>
internal sealed unsafe class PredictFunction : IDisposable
{
    public const string Name = "sigmoid_predict";

    // So few rows that their numbers fit into a core's own cache.
    private const int BatchRows = 256;

    // The most distinct texts whose codes a thread remembers, so that more and more levels do not fill memory.
    private const int MaxKnownTexts = 100_000;

    private readonly ServedModel _model;
    private readonly IReadOnlyList<FileColumn> _columns;
    private readonly ThreadLocal<Batch> _batches;
    private readonly long[] _unknown;
    private readonly bool _hasRaw;
    private readonly bool _explains;

    /// <param name="session">The session to register the function in.</param>
    /// <param name="model">The model.</param>
    /// <param name="columns">The columns of the file that the model needs, in the model's order.</param>
    /// <param name="hasRaw">Whether to add the probabilities of the fit itself, without a calibration.</param>
    /// <param name="explains">Whether to add the baseline and the contribution of each column.</param>
    public PredictFunction(DuckDbSession session, ServedModel model, IReadOnlyList<FileColumn> columns, bool hasRaw = false, bool explains = false)
    {
        (_model, _columns, _hasRaw, _explains) = (model, columns, hasRaw, explains);
        _unknown = new long[model.CategoryColumns];
        _batches = new(() => new Batch(model));
        // By default, DuckDB returns NULL if an argument is NULL, without calling the function.
        ChunkFunction.Register(
            session, Name, columns.Select(column => column.IsDouble ? DuckDBType.Double : DuckDBType.Varchar), DuckDBType.Double,
            takesMissing: true, Predict, isList: Width > 1);
    }

    /// <summary>Whether the prediction ended because the model refused a cell.</summary>
    public bool HasRefused { get; private set; }

    /// <summary>How many values of each category no training row had; categories without such values are left out.</summary>
    public IReadOnlyDictionary<string, long> UnknownLevels() =>
        _model.Columns.Where(column => column.Category is not null && _unknown[column.Index] > 0)
            .ToDictionary(column => column.Name, column => _unknown[column.Index]);

    public void Dispose() => _batches.Dispose();

    /// <summary>The numbers of a row: its probabilities, and where they are asked for its raw ones, its baseline and its contributions.</summary>
    private int Width => _model.Outputs * (_hasRaw ? 2 : 1) + (_explains ? 1 + _model.Columns.Count : 0);

    private void Predict(DatasetChunk rows, nint output)
    {
        var batch = _batches.Value!;
        var width = Width;
        var results = width == 1
            ? new Span<double>(NativeMethods.Vectors.DuckDBVectorGetData(output), rows.Rows)
            : ChunkFunction.Lists(output, rows.Rows, width);
        for (var first = 0; first < rows.Rows; first += BatchRows)
        {
            var count = Math.Min(BatchRows, rows.Rows - first);
            batch.Read(rows, first, count, this);
            var numbers = batch.Numbers.AsSpan(0, count * _model.NumberColumns);
            var ofBatch = results.Slice(first * width, count * width);
            if (_hasRaw || _explains)
                PredictMore(numbers, batch.CodesOf(count), count, ofBatch);
            else
                _model.Predict(numbers, batch.CodesOf(count), ofBatch);
        }
    }

    /// <summary>For each row its probabilities, and what else is asked for.</summary>
    private void PredictMore(Span<double> numbers, int[][] codes, int count, Span<double> results)
    {
        var outputs = _model.Outputs;
        // A prediction writes fills over missing values, whose indicators an explanation needs.
        var given = _explains ? numbers.ToArray() : [];
        var (probabilities, raw) = (new double[count * outputs], new double[_hasRaw ? count * outputs : 0]);
        _model.Predict(numbers, codes, probabilities, raw);
        var explained = _explains ? PredictWithModel.Explain(_model, given, codes, probabilities, top: null) : null;
        var columns = _model.Columns.Count;
        for (var i = 0; i < count; i++)
        {
            var row = results.Slice(i * Width, Width);
            probabilities.AsSpan(i * outputs, outputs).CopyTo(row);
            row = row[outputs..];
            if (_hasRaw)
            {
                raw.AsSpan(i * outputs, outputs).CopyTo(row);
                row = row[outputs..];
            }

            if (explained is not null)
            {
                row[0] = explained.Baselines[i];
                explained.Values.AsSpan(i * columns, columns).CopyTo(row[1..]);
            }
        }
    }

    /// <summary>The buffers that one thread reads rows into.</summary>
    private sealed class Batch(ServedModel model)
    {
        private readonly Dictionary<(ulong, ulong), int>[] _codesOfTexts =
            [.. Enumerable.Range(0, model.CategoryColumns).Select(_ => new Dictionary<(ulong, ulong), int>())];

        private readonly int[][] _codes = [.. Enumerable.Range(0, model.CategoryColumns).Select(_ => new int[BatchRows])];

        public double[] Numbers { get; } = new double[BatchRows * model.NumberColumns];

        public int[][] CodesOf(int count) => count == BatchRows ? _codes : Array.ConvertAll(_codes, codes => codes[..count]);

        public void Read(DatasetChunk rows, int first, int count, PredictFunction function)
        {
            for (var i = 0; i < function._columns.Count; i++)
            {
                var column = function._columns[i];
                var isRead = column.Served.Category is null
                    ? ReadNumbers(rows, i, column, first, count)
                    : ReadLevels(rows, i, column, first, count, function);
                if (!isRead)
                {
                    function.HasRefused = true;
                    throw new InvalidDataException("A cell can't be read.");
                }
            }
        }

        /// <summary>Returns false if the model refuses a cell.</summary>
        private bool ReadNumbers(DatasetChunk rows, int vector, FileColumn column, int first, int count)
        {
            var (stride, index) = (model.NumberColumns, column.Served.Index);
            if (column is { Form: CellForm.Number, Served.Type: not ColumnType.DateTime } && !rows.HasMissing(vector))
            {
                var values = rows.Doubles(vector).Slice(first, count);
                for (var row = 0; row < count; row++)
                    Numbers[row * stride + index] = values[row];
                return FiniteCheck.IndexOfNonFinite<double>(values) < 0;
            }

            for (var row = 0; row < count; row++)
            {
                if (column.NumberOf(rows, vector, first + row) is not { } number)
                    return false;
                Numbers[row * stride + index] = number;
            }

            return true;
        }

        /// <summary>Returns false if the model refuses a cell.</summary>
        private bool ReadLevels(DatasetChunk rows, int vector, FileColumn column, int first, int count, PredictFunction function)
        {
            var texts = rows.Texts(vector);
            var index = column.Served.Index;
            var codes = _codes[index];
            var unknown = 0;
            for (var row = 0; row < count; row++)
            {
                var code = rows.IsMissing(vector, first + row) ? FittedCategory.MissingCode : CodeOf(in texts[first + row], column);
                if (column.IsRefused(code))
                    return false;
                codes[row] = code!.Value;
                unknown += code == FittedCategory.UnknownCode ? 1 : 0;
            }

            if (unknown > 0)
                Interlocked.Add(ref function._unknown[index], unknown);
            return true;
        }

        private int? CodeOf(in ChunkText text, FileColumn column)
        {
            if (text.Inlined is not { } key)
                return column.CodeOf(ChunkText.Bytes(in text));
            var known = _codesOfTexts[column.Served.Index];
            if (known.TryGetValue(key, out var code))
                return code;
            var read = column.CodeOf(ChunkText.Bytes(in text));
            if (read is { } level && known.Count < MaxKnownTexts)
                known[key] = level;
            return read;
        }
    }
}
