using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace SigmoidApi.Tables.DuckDb;

/// <summary>
/// Reads a chunk of rows, with a column for each parameter, and writes one value for each row into DuckDB's vector. An exception ends the query with an error.
/// </summary>
internal delegate void ChunkCall(DatasetChunk rows, nint result);

/// <summary>
/// Registers scalar functions of our own with DuckDB, which calls them for up to 2,048 rows at a time, on any of its threads. They live as long as their
/// session.
/// </summary>
internal static unsafe class ChunkFunction
{
    /// <param name="session">The session that calls the function.</param>
    /// <param name="name">The name in SQL.</param>
    /// <param name="parameters">The types of the parameters.</param>
    /// <param name="result">The type of the result, or of its elements.</param>
    /// <param name="takesMissing">Whether the function is called for rows with missing values; otherwise their result is missing.</param>
    /// <param name="call">The function.</param>
    /// <param name="isList">Whether the result is a list: see <see cref="Lists"/>.</param>
    public static void Register(
        DuckDbSession session, string name, IEnumerable<DuckDBType> parameters, DuckDBType result, bool takesMissing, ChunkCall call,
        bool isList = false)
    {
        DuckDBType[] types = [.. parameters];
        Action<nint, nint> counted = (input, values) =>
        {
            session.Progress?.Step();
            call(RowsOf(input, types.Length), values);
        };
        var function = NativeMethods.ScalarFunction.DuckDBCreateScalarFunction();
        try
        {
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetName(function, name);
            foreach (var parameter in types)
            {
                using var type = NativeMethods.LogicalType.DuckDBCreateLogicalType(parameter);
                NativeMethods.ScalarFunction.DuckDBScalarFunctionAddParameter(function, type);
            }

            using var element = NativeMethods.LogicalType.DuckDBCreateLogicalType(result);
            using var list = isList ? NativeMethods.LogicalType.DuckDBCreateListType(element) : null;
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetReturnType(function, list ?? element);
            if (takesMissing)
                NativeMethods.ScalarFunction.DuckDBScalarFunctionSetSpecialHandling(function);
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetExtraInfo(function, GCHandle.ToIntPtr(GCHandle.Alloc(counted)), &Free);
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetFunction(function, &Call);
            if (!NativeMethods.ScalarFunction.DuckDBRegisterScalarFunction(session.Native, function).IsSuccess())
                throw new InvalidOperationException($"The function {name} can't be registered.");
        }
        finally
        {
            NativeMethods.ScalarFunction.DuckDBDestroyScalarFunction(ref function);
        }
    }

    /// <summary>Makes room in a function's result for lists of one length, and returns their elements, row by row.</summary>
    /// <param name="result">The result of a function that returns lists of DOUBLE.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="length">The length of each list.</param>
    public static Span<double> Lists(nint result, int rows, int length)
    {
        NativeMethods.Vectors.DuckDBListVectorReserve(result, (ulong)rows * (ulong)length);
        NativeMethods.Vectors.DuckDBListVectorSetSize(result, (ulong)rows * (ulong)length);
        // Each entry is a start and a length.
        var entries = new Span<ulong>(NativeMethods.Vectors.DuckDBVectorGetData(result), 2 * rows);
        for (var row = 0; row < rows; row++)
            (entries[2 * row], entries[2 * row + 1]) = ((ulong)row * (ulong)length, (ulong)length);
        return new Span<double>(NativeMethods.Vectors.DuckDBVectorGetData(NativeMethods.Vectors.DuckDBListVectorGetChild(result)), rows * length);
    }

    private static DatasetChunk RowsOf(nint input, int columns)
    {
        var chunk = new DuckDBDataChunk(input);
        var rows = new DatasetChunk(chunk, new ChunkVector[columns]);
        // The chunk belongs to DuckDB: the handle must not free it, not even if the function throws.
        chunk.SetHandleAsInvalid();
        return rows;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint call) => GCHandle.FromIntPtr(call).Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Call(nint info, nint input, nint output)
    {
#pragma warning disable CA1031 // no exception may pass through the native caller
        try
        {
            var call = GCHandle.FromIntPtr(NativeMethods.ScalarFunction.DuckDBScalarFunctionGetExtraInfo(info)).Target!;
            ((Action<nint, nint>)call)(input, output);
        }
        catch (Exception exception)
        {
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetError(info, exception.Message);
        }
#pragma warning restore CA1031
    }
}
