using System.Diagnostics;
using System.Globalization;

namespace SigmoidApi.Tests.Workers;

/// <summary>Signals to processes that a test knows by their ids.</summary>
internal static class Signals
{
    public static async Task Send(string signal, params IEnumerable<int> processes)
    {
        using var kill = Process.Start("kill", [$"-{signal}", .. processes.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
