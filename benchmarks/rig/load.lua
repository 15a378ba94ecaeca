-- For wrk: sends the requests of a file in turn; each thread begins at another place of it.
local all = {}
local file = io.open(os.getenv("LOAD_REQUESTS"), "rb")
for one in file:read("*a"):gmatch("([^\30]+)\30") do all[#all + 1] = one end
file:close()

local threads, at = 0, nil
function setup(thread)
  thread:set("place", threads)
  threads = threads + 1
end

function request()
  at = (at or math.floor(place * #all / tonumber(os.getenv("LOAD_THREADS")))) % #all + 1
  return all[at]
end

function done(summary, latency, requests)
  local e = summary.errors
  local function ms(share) return latency:percentile(share) / 1e3 end
  io.write(string.format(
    '\nRESULT {"seconds": %f, "requests": %d, "bytes": %d, ',
    summary.duration / 1e6, summary.requests, summary.bytes))
  io.write(string.format(
    '"p50_ms": %f, "p95_ms": %f, "p99_ms": %f, "max_ms": %f, ',
    ms(50), ms(95), ms(99), latency.max / 1e3))
  io.write(string.format(
    '"errors": {"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}}\n',
    e.connect, e.read, e.write, e.status, e.timeout))
end
