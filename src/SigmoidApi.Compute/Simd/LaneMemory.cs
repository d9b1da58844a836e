using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>Lanes from memory and back, whose numbers are float64 or float32.</summary>
internal static class LaneMemory
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<TElement, T>(ref TElement source)
        where T : unmanaged, ILanes<T> =>
        typeof(TElement) == typeof(float)
            ? T.Load(in Unsafe.As<TElement, float>(ref source))
            : T.Load(in Unsafe.As<TElement, double>(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TElement, T>(T value, ref TElement destination)
        where T : unmanaged, ILanes<T>
    {
        if (typeof(TElement) == typeof(float))
            value.Store(ref Unsafe.As<TElement, float>(ref destination));
        else
            value.Store(ref Unsafe.As<TElement, double>(ref destination));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Broadcast<TElement, T>(ref TElement source)
        where T : unmanaged, ILanes<T> =>
        typeof(TElement) == typeof(float)
            ? T.Broadcast(in Unsafe.As<TElement, float>(ref source))
            : T.Broadcast(in Unsafe.As<TElement, double>(ref source));
}
