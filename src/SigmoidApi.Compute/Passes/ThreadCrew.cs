using System.Runtime.ExceptionServices;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// The threads of a fit: the caller's thread and others that live as long as the crew. Each takes the next work item when it is free, so
/// results must not depend on which thread does which item.
/// </summary>
internal sealed class ThreadCrew : IDisposable
{
    private readonly Action? _threadStart;
    private readonly SemaphoreSlim _work = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly List<Thread> _threads = [];
    private Action<int, int>? _body;
    private int _items;
    private int _next;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _ended;

    /// <param name="threads">The number of threads, including the caller's; 0 for one for each processor.</param>
    /// <param name="threadStart">Called on each thread that the crew starts, before any work.</param>
    public ThreadCrew(int threads = 1, Action? threadStart = null)
    {
        Size = threads > 0 ? threads : Environment.ProcessorCount;
        _threadStart = threadStart;
    }

    /// <summary>The most threads that work at once.</summary>
    public int Size { get; }

    /// <summary>
    /// Calls <paramref name="body"/>(item, worker) for every item below <paramref name="items"/>. The worker, a number below <see cref="Size"/>,
    /// identifies the thread. If a call throws, the items that remain are skipped and the exception is thrown here.
    /// </summary>
    public void Run(int items, Action<int, int> body)
    {
        var others = Math.Min(Size, items) - 1;
        if (others <= 0)
        {
            for (var item = 0; item < items; item++)
                body(item, 0);
            return;
        }

        (_body, _items, _next, _failure) = (body, items, 0, null);
        while (_threads.Count < others)
        {
            var worker = _threads.Count + 1;
            var thread = new Thread(() => Serve(worker)) { IsBackground = true, Name = "fit" };
            _threads.Add(thread);
            thread.Start();
        }
        _work.Release(others);
        Work(0);
        for (var i = 0; i < others; i++)
            _done.Wait();
        _body = null;
        _failure?.Throw();
    }

    public void Dispose()
    {
        _ended = true;
        if (_threads.Count > 0)
            _work.Release(_threads.Count);
        foreach (var thread in _threads)
            thread.Join();
        _work.Dispose();
        _done.Dispose();
    }

    private void Serve(int worker)
    {
        _threadStart?.Invoke();
        while (true)
        {
            _work.Wait();
            if (_ended)
                return;
            Work(worker);
            _done.Release();
        }
    }

    private void Work(int worker)
    {
        try
        {
            for (var item = Interlocked.Increment(ref _next) - 1; item < _items; item = Interlocked.Increment(ref _next) - 1)
                _body!(item, worker);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            Volatile.Write(ref _next, _items);
        }
    }
}
