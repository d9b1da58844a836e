using SigmoidApi.Benchmarks;

return args switch
{
    ["json-numbers", .. var rest] => JsonNumbers.Run(rest),
    _ => 1,
};
