using Microsoft.AspNetCore.Connections;

namespace SigmoidApi.Http.Access;

/// <summary>A connection that was opened when all others were taken; a feature of its requests.</summary>
internal sealed class ReservedConnection(ConnectionContext connection, ConnectionSlots.Reserve reserve, ConnectionSlots? slots)
{
    private readonly Lock _lock = new();
    private bool _isPromoted;
    private int _openRequests;

    public bool IsManagement => slots is null;

    public LinkedListNode<ReservedConnection>? Place { get; set; }

    public bool IsPushedOut { get; set; }

    /// <summary>Called by each request on the connection. Returns true if the connection has become an ordinary one, since another one was closed.</summary>
    public bool TryPromote()
    {
        lock (_lock)
        {
            if (!_isPromoted && slots?.TryTake() == true)
            {
                _isPromoted = true;
                reserve.Leave(this);
            }

            if (!_isPromoted && _openRequests++ == 0)
                reserve.BeginRequest(this);
            return _isPromoted;
        }
    }

    /// <summary>Called after the answer to a request for which <see cref="TryPromote"/> returned false.</summary>
    public void EndRequest()
    {
        lock (_lock)
        {
            if (--_openRequests == 0 && !_isPromoted)
                reserve.EndRequest(this);
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
