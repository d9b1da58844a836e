using System.ComponentModel.DataAnnotations;
using System.Net;

namespace SigmoidApi.Http.Access;

/// <summary>A port for operators alone; section <c>Management</c>.</summary>
public sealed class ManagementOptions
{
    public const string Section = "Management";

    /// <summary>Port on which <c>/health</c> and <c>/version</c> are served, and nothing else, on the address of the first of the service's URLs; 0 is none. They stay on the other ports too.</summary>
    [Range(0, 65_535)]
    public int Port { get; init; }

    internal bool IsPortOf(EndPoint? local) => Port != 0 && local is IPEndPoint { Port: var port } && port == Port;
}
