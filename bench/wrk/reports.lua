-- wrk -s reports.lua URL -- TOKENS FIRST: each request is a report of the next device, with a sequence that nobody has sent before.
local heads = {}
local n = 0
local first = 0

local rest = string.format([[,"at":%d000,"boot":"6f1ed002ab5595859014ebf0951522d9","awakeMinutes":5,"cell":"debian 12 · 6.1 · x64 · sigma,yara","host":"0.1.0",]]
  .. [["releases":[{"path":"acme/yara/content-7.tar.gz","state":"in-service","since":1785000000000,"age":1440,"fallbackAlive":true},]]
  .. [[{"path":"acme/sigma/content-12.tar.gz","state":"in-service","since":1785000000000,"age":9000,"fallbackAlive":true}],]]
  .. [["health":{"asks":1200345,"denied":17,"heldDenials":0,"fallbackVerdicts":2,"strikes":0,"quarantines":0,"undone":0,"cpuPermille":7,"memoryMiB":112,"askP99Us":88}}]}]], os.time())
local opening = '{"reports":[{"sequence":'

function init(args)
  first = tonumber(args[2])
  local length = #opening + 10 + #rest
  for token in io.lines(args[1]) do
    heads[#heads + 1] = "POST /api/v1/device/reports HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " .. token
      .. "\r\nContent-Type: application/json\r\nContent-Length: " .. length .. "\r\n\r\n" .. opening
  end
end

function request()
  n = n + 1
  return heads[n % #heads + 1] .. string.format("%d", first + n) .. rest
end
