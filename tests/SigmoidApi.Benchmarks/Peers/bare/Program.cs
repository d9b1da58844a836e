// The limit of starting: the framework's own host with one route, and nothing else.
var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/health/live", () => Results.Ok());
app.Run();
