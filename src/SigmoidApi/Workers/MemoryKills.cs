using System.Globalization;

namespace SigmoidApi.Workers;

/// <summary>How often the system has killed a process for want of memory, its own or a container's, since it was started: <c>oom_kill</c> of Linux's <c>/proc/vmstat</c>.</summary>
internal static class MemoryKills
{
    private const string Name = "oom_kill ";

    /// <summary>0 where the system does not count them.</summary>
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
