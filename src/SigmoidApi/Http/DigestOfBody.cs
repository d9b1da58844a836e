namespace SigmoidApi.Http;

/// <summary>Metadata of a route that needs a digest of its JSON body.</summary>
/// <param name="Header">Only requests with this header need it.</param>
internal sealed record DigestOfBody(string Header);
