using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace SigmoidApi.Tables.DuckDb;

/// <summary>Reads a chunk of rows, a column for each parameter, and writes one value for each row into DuckDB's vector. What it throws ends the query.</summary>
internal delegate void ChunkCall(DatasetChunk rows, nint result);

/// <summary>Functions of ours that DuckDB calls for up to 2,048 rows at a time, on any of its threads. They live as long as their session.</summary>
internal static unsafe class ChunkFunction
{
    /// <param name="session">What calls the function.</param>
    /// <param name="name">As SQL calls it.</param>
    /// <param name="parameters">The types of its parameters.</param>
    /// <param name="result">The type of what it gives.</param>
    /// <param name="takesMissing">Whether it is called for rows with missing values; otherwise these have no value.</param>
    /// <param name="call">The function.</param>
    public static void Register(
        DuckDbSession session, string name, IEnumerable<DuckDBType> parameters, DuckDBType result, bool takesMissing, ChunkCall call)
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

            using var returned = NativeMethods.LogicalType.DuckDBCreateLogicalType(result);
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetReturnType(function, returned);
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

    private static DatasetChunk RowsOf(nint input, int columns)
    {
        var chunk = new DuckDBDataChunk(input);
        var rows = new DatasetChunk(chunk, new ChunkVector[columns]);
        // The chunk is DuckDB's: the handle must not free it, also where the function throws.
        chunk.SetHandleAsInvalid();
        return rows;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint call) => GCHandle.FromIntPtr(call).Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Call(nint info, nint input, nint output)
    {
#pragma warning disable CA1031 // nothing may be thrown through the native code that called
        try
        {
            ((Action<nint, nint>)GCHandle.FromIntPtr(NativeMethods.ScalarFunction.DuckDBScalarFunctionGetExtraInfo(info)).Target!)(input, output);
        }
        catch (Exception exception)
        {
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetError(info, exception.Message);
        }
#pragma warning restore CA1031
    }
}
