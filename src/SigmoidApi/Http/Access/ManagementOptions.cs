using System.ComponentModel.DataAnnotations;
using System.Net;

namespace SigmoidApi.Http.Access;

/// <summary>A port for operators; section <c>Management</c>.</summary>
public sealed class ManagementOptions
{
    public const string Section = "Management";

    /// <summary>
    /// A port that serves only <c>/health</c> and <c>/version</c>, at the address of the service's first URL; 0 for none. The other ports still serve them too.
    /// </summary>
    [Range(0, 65_535)]
    public int Port { get; init; }

    internal bool IsPortOf(EndPoint? local) => Port != 0 && local is IPEndPoint { Port: var port } && port == Port;
}
