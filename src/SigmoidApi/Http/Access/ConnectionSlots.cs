using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Http.Access;

/// <summary>
/// Counts connections. Beyond <c>Limits:MaxConnections</c> there are <c>Limits:ReservedConnections</c>, each of which serves one request to <c>/health</c>: a
/// probe must not be refused because clients hold all connections. When these are taken too, a new connection closes the oldest one without an open request.
/// All connections to <c>Management:Port</c> are of this kind. (Kestrel's own limit closes a connection before its request is read.)
/// </summary>
internal sealed class ConnectionSlots(IOptions<LimitOptions> limits, IOptions<ManagementOptions> management)
{
    private readonly long _most = limits.Value.MaxConnections;
    private readonly Reserve _beyond = new(limits.Value.ReservedConnections);
    private readonly Reserve _management = new(limits.Value.ReservedConnections);
    private long _taken;

    /// <summary>Whether any connection is reserved. It rarely is, and while none is, requests are not checked.</summary>
    public bool HasReserved => !_beyond.IsEmpty || !_management.IsEmpty;

    /// <summary>Middleware of every connection of the server.</summary>
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

    /// <summary>The reserved connections: their number, and a list of those without an open request, the oldest first.</summary>
    internal sealed class Reserve(int size)
    {
        private readonly Lock _lock = new();
        private readonly LinkedList<ReservedConnection> _idle = new();
        private int _count;

        public bool IsEmpty => Volatile.Read(ref _count) == 0;

        public bool TryEnter(ReservedConnection connection)
        {
            ReservedConnection? oldest = null;
            lock (_lock)
            {
                if (_count == size)
                {
                    if (_idle.First is not { } first)
                        return false;
                    _idle.Remove(first);
                    oldest = first.Value;
                    oldest.Place = null;
                    oldest.IsPushedOut = true;
                }
                else
                {
                    _count++;
                }

                connection.Place = _idle.AddLast(connection);
            }

            oldest?.Abort();
            return true;
        }

        /// <summary>Protects the connection from being closed until its request is answered.</summary>
        public void BeginRequest(ReservedConnection connection)
        {
            lock (_lock)
                Forget(connection);
        }

        /// <summary>
        /// Ends that protection. The server then waits some seconds for the rest of an unread body; without this, clients that send such bodies would block the
        /// reserve.
        /// </summary>
        public void EndRequest(ReservedConnection connection)
        {
            lock (_lock)
            {
                if (!connection.IsPushedOut)
                    connection.Place = _idle.AddLast(connection);
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
                _idle.Remove(place);
            connection.Place = null;
        }
    }
}
