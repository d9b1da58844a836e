using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace SigmoidApi.Datasets.Engine;

/// <summary>Reads a chunk of rows and writes one value for each into a vector, both by DuckDB's own addresses. What it throws ends the query.</summary>
internal delegate void ChunkCall(nint chunk, nint result);

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
        ChunkCall counted = (chunk, values) =>
        {
            session.Progress?.Step();
            call(chunk, values);
        };
        var function = NativeMethods.ScalarFunction.DuckDBCreateScalarFunction();
        try
        {
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetName(function, name);
            foreach (var parameter in parameters)
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

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint call) => GCHandle.FromIntPtr(call).Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Call(nint info, nint input, nint output)
    {
#pragma warning disable CA1031 // nothing may be thrown through the native code that called
        try
        {
            ((ChunkCall)GCHandle.FromIntPtr(NativeMethods.ScalarFunction.DuckDBScalarFunctionGetExtraInfo(info)).Target!)(input, output);
        }
        catch (Exception exception)
        {
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetError(info, exception.Message);
        }
#pragma warning restore CA1031
    }
}
