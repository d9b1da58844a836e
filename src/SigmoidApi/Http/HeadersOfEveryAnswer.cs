namespace SigmoidApi.Http;

/// <summary>Sets the headers that every answer has. Called again after a failure, since the framework then clears them.</summary>
internal delegate void HeadersOfEveryAnswer(HttpContext context);
