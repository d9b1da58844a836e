using Microsoft.Playwright;

namespace SigmoidApi.Tests;

/// <summary>A real browser.</summary>
internal static class Chromium
{
    /// <param name="arguments">Options of its command line besides the usual ones.</param>
    public static Task<IBrowser> Launch(IPlaywright playwright, params string[] arguments) => playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
        // Without these it looks for its maker's hosts at every start.
        Args = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", .. arguments],
    });
}
