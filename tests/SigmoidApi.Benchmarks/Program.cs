using SigmoidApi.Benchmarks;

return args switch
{
    ["elementwise", .. var rest] => Elementwise.Run(rest),
    _ => 0,
};
