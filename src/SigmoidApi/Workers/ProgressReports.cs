using System.Globalization;
using SigmoidApi.Tables;

namespace SigmoidApi.Workers;

/// <summary>
/// Reports progress of the work until disposed: a message whenever <see cref="WorkProgress"/> has advanced, or the process has read or written blocks of files.
/// Runs on a thread of its own, since the threads of the pool may all be busy.
/// </summary>
internal sealed class ProgressReports : IDisposable
{
    private const string InputAndOutput = "/proc/self/io";

    // DuckDB's blocks are larger; reading the counters themselves moves fewer bytes.
    private const long BlockBytes = 4096;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ManualResetEventSlim _ended = new();
    private readonly Thread _thread;

    public ProgressReports(TextWriter output, WorkProgress progress)
    {
        _thread = new Thread(() =>
        {
            var last = progress.Current;
            var (bytes, collections) = (BytesMoved(), GC.CollectionCount(0));
            while (!_ended.Wait(Interval))
            {
                var current = progress.Current;
                var (bytesNow, collectionsNow) = (BytesMoved(), GC.CollectionCount(0));
                // A garbage collection reads files about the memory, which is not progress.
                if (current != last || (bytesNow - bytes >= BlockBytes && collectionsNow == collections))
                    output.WriteLine(WorkerMessages.Progress);
                (last, bytes, collections) = (current, bytesNow, collectionsNow);
            }
        })
        { IsBackground = true, Name = "progress" };
        _thread.Start();
    }

    public void Dispose()
    {
        _ended.Set();
        _thread.Join();
        _ended.Dispose();
    }

    /// <summary>Bytes that the process has read and written so far (proc_pid_io(5)); 0 if the system does not count them.</summary>
    private static long BytesMoved()
    {
        try
        {
            return File.ReadLines(InputAndOutput).Take(2).Sum(line => long.Parse(line.AsSpan(line.IndexOf(' ') + 1), CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
