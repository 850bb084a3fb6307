-- Asks wrk for the addresses in a file, one after the other from a random start, and
-- writes what came of it as one line: name=value pairs, times in microseconds.

local requests = {}
local at

function init(arguments)
  math.randomseed(os.time() + tonumber(tostring(requests):match("0x(%x+)"), 16) % 1000)
  for path in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
  at = math.random(#requests)
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "result requests=%d duration=%d p50=%d p99=%d errors=%d\n",
    summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
