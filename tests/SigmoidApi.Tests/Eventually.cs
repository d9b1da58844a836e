using System.Diagnostics;

namespace SigmoidApi.Tests;

/// <summary>Waits for the effect of another thread or process. Returns as soon as the condition holds; the time limit only ends a failed test.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public static async Task<T> Get<T>(Func<Task<T>> read, Func<T, bool> until)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            if (until(value))
                return value;
            watch.Elapsed.ShouldBeLessThan(ApiClient.Patience, $"the last seen was {value}");
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }

    public static Task True(Func<bool> condition) => Get(() => Task.FromResult(condition()), holds => holds);
}
