-- wrk script: POST /orders, each with an orderId that no other request has. RUN is a word unique to this run of wrk.
dofile("report.lua")

local run = os.getenv("RUN")
local headers = { ["Content-Type"] = "application/json" }
local body = '{"orderId":"%s-%d-%d","custId":"bench","custAddr":"불정로 10","custTel":"010-1234-5678",'
  .. '"orderInfo":"김치찌개:1,제육볶음:2","totPrice":18000}'
local threads = 0
local sent = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function request()
  sent = sent + 1
  return wrk.format("POST", nil, headers, body:format(run, number, sent))
end
