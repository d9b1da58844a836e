using Microsoft.Playwright;

namespace SigmoidApi.Tests;

/// <summary>A real browser.</summary>
internal static class Chromium
{
    /// <param name="arguments">Command-line options besides the usual ones.</param>
    public static Task<IBrowser> Launch(IPlaywright playwright, params string[] arguments) => playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
        // Without these it connects to its vendor's hosts at every start.
        Args = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", .. arguments],
    });
}
