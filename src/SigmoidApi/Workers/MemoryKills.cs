using System.Globalization;

namespace SigmoidApi.Workers;

/// <summary>
/// The number of processes that the system has killed since its start because memory ran out, its own or a container's: <c>oom_kill</c> in Linux's
/// <c>/proc/vmstat</c>.
/// </summary>
internal static class MemoryKills
{
    private const string Name = "oom_kill ";

    /// <summary>The number; 0 if the system does not count them.</summary>
    public static long Count()
    {
        try
        {
            var line = File.ReadLines("/proc/vmstat").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
