-- wrk -s http_load.lua URL -- BODYFILE: posts the file as JSON; prints requests per second, the 99th percentile in ms, and the number of failed requests.
function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.body = file:read("*a")
  file:close()
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("RESULT %.1f %.3f %d\n", summary.requests / summary.duration * 1e6, latency:percentile(99) / 1e3, failed))
end
