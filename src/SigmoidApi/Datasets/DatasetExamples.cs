namespace SigmoidApi.Datasets;

/// <summary>Answers of the service that the OpenAPI document shows; each belongs to an example of a request.</summary>
internal static class DatasetExamples
{
    public const string Mails = """
        {"id": "01a22bcb-caad-7358-a54d-ae642e15aead", "name": "mails", "version": 1, "rows": 8, "columns": [{"name": "word_freq_free",
        "type": "number", "missing": 0, "distinct": 7, "minimum": 0, "maximum": 1.2, "mean": 0.3875, "standardDeviation": 0.41060169264142105,
        "quantiles": {"p01": 0, "p05": 0, "p25": 0.07500000000000001, "p50": 0.25, "p75": 0.525, "p95": 1.0949999999999998,
        "p99": 1.1789999999999998}, "histogram": [2, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1], "warnings": []},
        {"name": "char_freq_!", "type": "number", "missing": 0, "distinct": 5, "minimum": 0, "maximum": 0.9, "mean": 0.275,
        "standardDeviation": 0.2817356917396161, "quantiles": {"p01": 0, "p05": 0, "p25": 0.07500000000000001, "p50": 0.2, "p75": 0.4,
        "p95": 0.7249999999999998, "p99": 0.8649999999999999}, "histogram": [2, 0, 2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "warnings": []}, {"name": "capital_run_length", "type": "number", "missing": 0, "distinct": 8, "minimum": 3, "maximum": 95, "mean": 33,
        "standardDeviation": 29.878922336657325, "quantiles": {"p01": 3.2800000000000002, "p05": 4.4, "p25": 10, "p50": 23.5, "p75": 45.75,
        "p95": 82.74999999999999, "p99": 92.54999999999998}, "histogram": [2, 2, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1],
        "warnings": []}, {"name": "spam", "type": "boolean", "missing": 0, "distinct": 2, "minimum": 0, "maximum": 1, "mean": 0.5,
        "standardDeviation": 0.5, "warnings": []}], "bytes": 145, "sha256": "3f23c2fe983e9ab3e7a3f39ae2ac67022e2b2e5f89c16dd62be61932ac253025",
        "origin": {"format": "csv", "delimiter": ",", "quote": "\"", "decimalPoint": ".", "header": true},
        "createdAt": "2026-11-30T09:31:45.7098175+00:00"}
        """;

    public const string MailsWithTarget = """
        {"id": "01a22bcb-caad-7358-a54d-ae642e15aead", "name": "mails", "version": 1, "rows": 8, "columns": [{"name": "word_freq_free",
        "type": "number", "missing": 0, "distinct": 7, "minimum": 0, "maximum": 1.2, "mean": 0.3875, "standardDeviation": 0.41060169264142105,
        "quantiles": {"p01": 0, "p05": 0, "p25": 0.07500000000000001, "p50": 0.25, "p75": 0.525, "p95": 1.0949999999999998,
        "p99": 1.1789999999999998}, "histogram": [2, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1], "warnings": ["separating_threshold"]},
        {"name": "char_freq_!", "type": "number", "missing": 0, "distinct": 5, "minimum": 0, "maximum": 0.9, "mean": 0.275,
        "standardDeviation": 0.2817356917396161, "quantiles": {"p01": 0, "p05": 0, "p25": 0.07500000000000001, "p50": 0.2, "p75": 0.4,
        "p95": 0.7249999999999998, "p99": 0.8649999999999999}, "histogram": [2, 0, 2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "warnings": []}, {"name": "capital_run_length", "type": "number", "missing": 0, "distinct": 8, "minimum": 3, "maximum": 95, "mean": 33,
        "standardDeviation": 29.878922336657325, "quantiles": {"p01": 3.2800000000000002, "p05": 4.4, "p25": 10, "p50": 23.5, "p75": 45.75,
        "p95": 82.74999999999999, "p99": 92.54999999999998}, "histogram": [2, 2, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1],
        "warnings": ["separating_threshold"]}, {"name": "spam", "type": "boolean", "missing": 0, "distinct": 2, "minimum": 0, "maximum": 1, "mean": 0.5,
        "standardDeviation": 0.5, "warnings": []}], "bytes": 145, "sha256": "3f23c2fe983e9ab3e7a3f39ae2ac67022e2b2e5f89c16dd62be61932ac253025",
        "origin": {"format": "csv", "delimiter": ",", "quote": "\"", "decimalPoint": ".", "header": true},
        "createdAt": "2026-11-30T09:31:45.7098175+00:00", "target": {"column": "spam", "rows": 8, "classes": [{"value": "0", "count": 4},
        {"value": "1", "count": 4}], "columns": [{"column": "word_freq_free", "rows": 8, "area": 1, "direction": "higher",
        "separatingThresholds": [{"class": "1", "threshold": 0.25, "above": true, "complete": true}]}, {"column": "char_freq_!", "rows": 8,
        "area": 0.8125, "direction": "higher", "separatingThresholds": []}, {"column": "capital_run_length", "rows": 8, "area": 1,
        "direction": "higher", "separatingThresholds": [{"class": "1", "threshold": 23.5, "above": true, "complete": true}]}],
        "nearDuplicates": [], "comparedColumns": 4}}
        """;

    public const string List = """
        {"items": [{"id": "01a22bf1-edef-7b0c-87a8-a4cffd101970", "name": "mails", "version": 1, "rows": 8, "columnCount": 4, "bytes": 144,
        "sha256": "a704057bea37d35769ba597452fbe60bec3677745e4da9bd2fb7bcf41806a2f3", "format": "csv", "createdAt": "2026-11-30T10:13:25.1037183+00:00"}],
        "nextCursor": null}
        """;

    public const string Rows = """
        {"offset": 0, "total": 8, "rows": [{"word_freq_free": 0.9, "char_freq_!": 0.4, "capital_run_length": 60, "spam": 1}, {"word_freq_free": 0,
        "char_freq_!": 0, "capital_run_length": 3, "spam": 0}]}
        """;

    public const string Split = """
        {"training": {"id": "01a22bcb-e177-7759-91b7-eb660ce8fc41", "name": "mails-train", "version": 1, "rows": 6,
        "columns": [{"name": "word_freq_free", "type": "number", "missing": 0, "distinct": 6, "minimum": 0, "maximum": 1.2,
        "mean": 0.4666666666666667, "standardDeviation": 0.43843154793219685, "quantiles": {"p01": 0.005000000000000001, "p05": 0.025, "p25": 0.125,
        "p50": 0.30000000000000004, "p75": 0.775, "p95": 1.125, "p99": 1.185}, "histogram": [1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
        1], "warnings": []}, {"name": "char_freq_!", "type": "number", "missing": 0, "distinct": 4, "minimum": 0, "maximum": 0.4, "mean": 0.2,
        "standardDeviation": 0.17320508075688773, "quantiles": {"p01": 0, "p05": 0, "p25": 0.025, "p50": 0.2, "p75": 0.37500000000000006, "p95": 0.4,
        "p99": 0.4}, "histogram": [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2], "warnings": []}, {"name": "capital_run_length",
        "type": "number", "missing": 0, "distinct": 6, "minimum": 3, "maximum": 95, "mean": 36, "standardDeviation": 32.526911934581186,
        "quantiles": {"p01": 3.3999999999999995, "p05": 5, "p25": 11.25, "p50": 23.5, "p75": 53.75, "p95": 86.25, "p99": 93.25}, "histogram": [1, 2,
        0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1], "warnings": []}, {"name": "spam", "type": "boolean", "missing": 0, "distinct": 2,
        "minimum": 0, "maximum": 1, "mean": 0.5, "standardDeviation": 0.5, "warnings": []}], "bytes": 1407,
        "sha256": "bcd254d80a686ccb718bad4db464415bcc970bb73c9255217810a04a3598b2e7", "origin": null,
        "createdAt": "2026-11-30T09:31:51.5435613+00:00"}, "test": {"id": "01a22bcb-e178-73e1-9882-e385093f4e98", "name": "mails-test", "version": 1,
        "rows": 2, "columns": [{"name": "word_freq_free", "type": "number", "missing": 0, "distinct": 2, "minimum": 0, "maximum": 0.3, "mean": 0.15,
        "standardDeviation": 0.15, "quantiles": {"p01": 0.003, "p05": 0.015, "p25": 0.075, "p50": 0.15, "p75": 0.22499999999999998, "p95": 0.285,
        "p99": 0.297}, "histogram": [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "warnings": []}, {"name": "char_freq_!",
        "type": "number", "missing": 0, "distinct": 2, "minimum": 0.1, "maximum": 0.9, "mean": 0.5, "standardDeviation": 0.4,
        "quantiles": {"p01": 0.10800000000000001, "p05": 0.14, "p25": 0.30000000000000004, "p50": 0.5, "p75": 0.7000000000000001, "p95": 0.86,
        "p99": 0.892}, "histogram": [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "warnings": []}, {"name": "capital_run_length",
        "type": "number", "missing": 0, "distinct": 2, "minimum": 7, "maximum": 41, "mean": 24, "standardDeviation": 17, "quantiles": {"p01": 7.34,
        "p05": 8.7, "p25": 15.5, "p50": 24, "p75": 32.5, "p95": 39.3, "p99": 40.66}, "histogram": [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 1], "warnings": []}, {"name": "spam", "type": "boolean", "missing": 0, "distinct": 2, "minimum": 0, "maximum": 1, "mean": 0.5,
        "standardDeviation": 0.5, "warnings": []}], "bytes": 1230, "sha256": "db3a9070046fbe7beca7c7b85ee4057cebbdc2ffee2d0bdaf564fa9c07e6f430",
        "origin": null, "createdAt": "2026-11-30T09:31:51.5435613+00:00"}}
        """;
}
