-- wrk script: the closing report as one line of JSON, latencies in milliseconds. `failed` counts statuses from 400 on,
-- connections and answers that broke off, and requests without an answer in time.
function done(summary, latency)
  local e = summary.errors
  print(string.format(
    '{"answers":%d,"seconds":%.3f,"p50":%.2f,"p99":%.2f,"failed":%d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.status + e.connect + e.read + e.write + e.timeout))
end
