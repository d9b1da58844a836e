using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Http.Access;

/// <summary>
/// Counts connections. Beyond <c>Limits:MaxConnections</c> come <c>Limits:ReservedConnections</c>, on which only <c>/health</c> is answered, once: a probe must not be refused
/// because clients hold all connections. Where these are taken too, the newest pushes out the oldest that waits for no answer. Connections to <c>Management:Port</c> are all of this kind.
/// (Kestrel's own limit closes a connection before it has said what it wants.)
/// </summary>
internal sealed class ConnectionSlots(IOptions<LimitOptions> limits, IOptions<ManagementOptions> management)
{
    private readonly long _most = limits.Value.MaxConnections;
    private readonly Reserve _beyond = new(limits.Value.ReservedConnections);
    private readonly Reserve _management = new(limits.Value.ReservedConnections);
    private long _taken;

    /// <summary>Whether any connection is reserved; hardly ever one is, and then no request need be asked whether its own is.</summary>
    public bool HasReserved => !_beyond.IsEmpty || !_management.IsEmpty;

    /// <summary>What a connection of the server goes through.</summary>
    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var isManagement = management.Value.IsPortOf(connection.LocalEndPoint);
        if (!isManagement && TryTake())
        {
            await ServeAsync(() => next(connection));
            return;
        }

        var reserve = isManagement ? _management : _beyond;
        var reserved = new ReservedConnection(connection, reserve, isManagement ? null : this);
        if (!reserve.TryEnter(reserved))
        {
            connection.Abort(new ConnectionAbortedException("All connections are taken, the reserved ones too."));
            return;
        }

        connection.Features.Set(reserved);
        try
        {
            await next(connection);
        }
        finally
        {
            reserved.Leave();
        }
    }

    internal bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= _most)
            return true;
        Release();
        return false;
    }

    internal void Release() => Interlocked.Decrement(ref _taken);

    private async Task ServeAsync(Func<Task> serve)
    {
        try
        {
            await serve();
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Connections that wait for no answer, the oldest first, and how many there are in all.</summary>
    internal sealed class Reserve(int size)
    {
        private readonly Lock _lock = new();
        private readonly LinkedList<ReservedConnection> _silent = new();
        private int _count;

        public bool IsEmpty => Volatile.Read(ref _count) == 0;

        public bool TryEnter(ReservedConnection connection)
        {
            ReservedConnection? oldest = null;
            lock (_lock)
            {
                if (_count == size)
                {
                    if (_silent.First is not { } first)
                        return false;
                    _silent.Remove(first);
                    oldest = first.Value;
                    oldest.Place = null;
                    oldest.IsPushedOut = true;
                }
                else
                {
                    _count++;
                }

                connection.Place = _silent.AddLast(connection);
            }

            oldest?.Abort();
            return true;
        }

        /// <summary>Nothing pushes it out before it has its answer.</summary>
        public void Asks(ReservedConnection connection)
        {
            lock (_lock)
                Forget(connection);
        }

        /// <summary>The server waits some seconds for the rest of a body that nobody reads. Senders of such bodies would hold the reserve.</summary>
        public void IsAnswered(ReservedConnection connection)
        {
            lock (_lock)
            {
                if (!connection.IsPushedOut)
                    connection.Place = _silent.AddLast(connection);
            }
        }

        public void Leave(ReservedConnection connection)
        {
            lock (_lock)
            {
                Forget(connection);
                if (!connection.IsPushedOut)
                    _count--;
            }
        }

        private void Forget(ReservedConnection connection)
        {
            if (connection.Place is { } place)
                _silent.Remove(place);
            connection.Place = null;
        }
    }
}

/// <summary>A connection that came when all others were taken; a feature of its requests.</summary>
internal sealed class ReservedConnection(ConnectionContext connection, ConnectionSlots.Reserve reserve, ConnectionSlots? slots)
{
    private readonly Lock _lock = new();
    private bool _isPromoted;
    private int _asking;

    public bool IsManagement => slots is null;

    public LinkedListNode<ReservedConnection>? Place { get; set; }

    public bool IsPushedOut { get; set; }

    /// <summary>Called by each request on it. Returns true where by now there is room for it among all the others.</summary>
    public bool TryPromote()
    {
        lock (_lock)
        {
            if (!_isPromoted && slots?.TryTake() == true)
            {
                _isPromoted = true;
                reserve.Leave(this);
            }

            if (!_isPromoted && _asking++ == 0)
                reserve.Asks(this);
            return _isPromoted;
        }
    }

    /// <summary>Called when a request has its answer that was not promoted.</summary>
    public void IsAnswered()
    {
        lock (_lock)
        {
            if (--_asking == 0 && !_isPromoted)
                reserve.IsAnswered(this);
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (_isPromoted)
                slots!.Release();
            else
                reserve.Leave(this);
        }
    }

    public void Abort() => connection.Abort(new ConnectionAbortedException("A newer connection needs the place."));
}
