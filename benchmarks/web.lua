-- What wrk asks (web.py): the lines of a file, one after the other, each with the session of another worker.

local asked, at = {}, 0
local pause = tonumber(os.getenv("PAUSE_MS"))
for line in io.lines(os.getenv("ASKED")) do
  local path, cookie = line:match("([^\t]+)\t(.+)")
  asked[#asked + 1] = wrk.format("GET", path, { ["Cookie"] = cookie, ["Host"] = "127.0.0.1" })
end

function request()
  at = at % #asked + 1
  return asked[at]
end

if pause > 0 then
  function delay()
    return math.random(pause / 2, pause * 3 / 2)
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "ms_50": %.1f, "ms_95": %.1f, "errors": %d}\n',
    summary.requests, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
