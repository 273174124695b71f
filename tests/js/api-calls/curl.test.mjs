// A call becomes a command that is safe to paste into a shell, or there is a reason why not.
import assert from "node:assert/strict"
import { test } from "node:test"

import { curl } from "../../../static/js/api-calls/curl.js"
import { inside } from "../../../static/js/api-calls/calls.js"

const AT = "curl --unix-socket /run/gateway/docker.sock"
const target = { ref: "clock", id: "c1", name: "clock", image: "busybox", command: ["ping"], tty: false }
const call = (name, given = {}) => ({
  kind: "CallStarted",
  at: 100,
  call: "a-1",
  name,
  method: "POST",
  path: "/containers/clock/x",
  target,
  params: {},
  status: 204,
  ...given,
})
const command = (...given) => curl(call(...given)).command

test("a call is repeated with its query and its body, and shows its status", () => {
  assert.equal(
    command("container.stop", { path: "/containers/clock/stop", params: { t: "2" } }),
    `${AT} -i -X POST 'http://localhost/containers/clock/stop?t=2'`,
  )
  assert.ok(
    command("container.exec", { params: { body: { Cmd: ["echo", "it's"] } } }).includes(
      `-d '{"Cmd":["echo","it'\\''s"]}'`,
    ),
  )
  assert.equal(
    command("container.list", { method: "GET", path: "/containers/json", params: { all: "1" } }),
    `${AT} 'http://localhost/containers/json?all=1'`,
  )
  assert.ok(
    command("system.events", { method: "GET", path: "/events", params: { since: ["1", "2"] } }).includes(
      "/events?since=1&since=2'",
    ),
  )
})

test("a HEAD call uses --head, because with -X curl would wait for a body", () => {
  assert.equal(command("system.ping", { method: "HEAD", path: "/_ping" }), `${AT} --head 'http://localhost/_ping'`)
})

test("binary output is piped through a reader", () => {
  const logs = { method: "GET", path: "/containers/clock/logs", params: { stdout: "1", follow: "1" } }
  assert.equal(
    command("container.logs", logs),
    `${AT} -N -sS 'http://localhost/containers/clock/logs?stdout=1&follow=1' | cat -v  ` +
      "# before each piece: its channel, its length; Ctrl-C to leave",
  )
  assert.equal(
    command("container.logs", { ...logs, params: { follow: "0" }, target: { ...target, tty: true } }),
    `${AT} --output - 'http://localhost/containers/clock/logs?follow=0'`,
  )
  assert.match(command("container.attach"), /-X POST -H 'Connection: Upgrade' -H 'Upgrade: tcp' -N -sS .*\| cat -v/)
  assert.match(command("container.archive.get", { method: "GET" }), /\| tar -tv$/)
  assert.doesNotMatch(command("container.archive.get", { method: "HEAD" }), /tar/)
})

test("a note says what a repetition will meet", () => {
  assert.match(command("container.create", { params: { name: "x", body: {} } }), / {2}# 409 as long as there is a x$/)
  assert.match(command("container.wait"), / {2}# answers when it ends$/)
  assert.match(command("container.stats", { method: "GET", params: {} }), /-N .*# Ctrl-C to leave$/)
  assert.doesNotMatch(command("container.stats", { method: "GET", params: { stream: "0" } }), /#/)
})

test("a call that can't be repeated has no command, but a reason", () => {
  for (const [name, given] of [
    ["exec.start", {}],
    ["image.build", {}],
    ["container.archive.put", { method: "PUT" }],
    ["container.create", { shortened: true }],
    ["container.create", { refused: true }],
    ["unknown", { method: "?" }],
  ]) {
    const { command, why } = curl(call(name, given))
    assert.equal(command, "", name)
    assert.match(why, /^[A-Z].*\.$/, name)
  }
  assert.ok(curl(call("image.pull", { refused: true })).command)
})

test("only a create is labelled with the lab's limits", () => {
  assert.deepEqual(
    inside(call("container.create", { params: { body: {} } })).map(([name]) => name),
    ["Body, with this lab’s limits"],
  )
  assert.deepEqual(
    inside(call("container.exec", { params: { body: {} } })).map(([name]) => name),
    ["Body"],
  )
})
