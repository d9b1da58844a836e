using Microsoft.Playwright;

namespace SigmoidApi.Tests.OpenApi;

/// <summary>Swagger UI in a real browser: upload, train and predict only by pressing Execute, without typing.</summary>
[Trait("Speed", "Slow")]
public sealed class SwaggerUiTests
{
    [Fact]
    public async Task ExecuteWorksWithoutTypingFromUploadToPrediction()
    {
        await using var application = new TestApplication();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.Launch(playwright);
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 2000 } });
        await page.GotoAsync(application.Api.Http.BaseAddress!.ToString());
        page.Url.ShouldContain("/swagger");

        (await ExecuteAsync(page, "Functions", "Sigmoid")).ShouldContain("0.9999546021312976");
        (await ExecuteAsync(page, "Functions", "ActivationDerivative")).ShouldContain("values");
        (await ExecuteAsync(page, "Functions", "SigmoidOfQuery")).ShouldContain("0.6224593312018546");
        (await ExecuteAsync(page, "Functions", "Predict")).ShouldContain("probabilities");
        (await ExecuteAsync(page, "Functions", "Cost")).ShouldContain("cost");
        (await ExecuteAsync(page, "Functions", "UpdateWeights")).ShouldContain("weights");
        (await ExecuteAsync(page, "Data_sets", "CreateDataset", "201")).ShouldContain("\"name\": \"mails\"");
        (await ExecuteAsync(page, "Data_sets", "GetDataset")).ShouldContain("columns");
        (await ExecuteAsync(page, "Data_sets", "GetDatasetRows")).ShouldContain("rows");
        (await ExecuteAsync(page, "Training", "CreateTrainingJob", "201")).ShouldContain("succeeded");
        (await ExecuteAsync(page, "Training", "GetTrainingJob")).ShouldContain("succeeded");
        (await ExecuteAsync(page, "Models", "GetModel")).ShouldContain("coefficients");
        (await ExecuteAsync(page, "Models", "PredictWithModel")).ShouldContain("probabilities");

        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { } directory)
            await page.ScreenshotAsync(new() { Path = Path.Combine(directory, "swagger-ui.png"), FullPage = true });
    }

    /// <summary>Opens an operation and presses Execute.</summary>
    /// <returns>The body of the answer, as displayed.</returns>
    internal static async Task<string> ExecuteAsync(IPage page, string tag, string operation, string status = "200")
    {
        var block = page.Locator($"#operations-{tag}-{operation}");
        await block.Locator(".opblock-summary-control").ClickAsync();
        await block.Locator("button.execute").ClickAsync();
        var live = block.Locator(".live-responses-table");
        (await live.Locator(".response-col_status").Last.InnerTextAsync()).ShouldStartWith(status, customMessage: await live.InnerTextAsync());
        return await live.Locator(".highlight-code").First.InnerTextAsync();
    }
}
