#!/bin/sh
# Edits a video with a service, with curl and python3 alone:
#   NEMO_API_URL=http://127.0.0.1:8000 sh examples/service.sh clip.mp4 "cut the first second, 1 Mbps" out.mp4
set -eu
clip=$1 wish=$2 out=$3
base=${NEMO_API_URL:-http://127.0.0.1:8000}
token=${NEMO_TOKEN:-${SLIMREEL_TOKEN:-}}

field() { python3 -c 'import json, sys
found = json.load(sys.stdin)
if found["code"]:
    sys.exit(found["message"])
print(found["data"][sys.argv[1]])' "$1"; }
call() { curl -sS "$@" -H "Authorization: Bearer $token" -H "Content-Type: application/json"; }
json() { python3 -c 'import json, sys; print(json.dumps(dict(zip(sys.argv[1::2], map(json.loads, sys.argv[2::2])))))' "$@"; }
quoted() { python3 -c 'import json, sys; print(json.dumps(sys.argv[1]))' "$1"; }

if [ -z "$token" ]; then
  client=${NEMO_CLIENT_ID:-$(python3 -c 'import uuid; print(uuid.uuid4())')}
  token=$(curl -sS -X POST "$base/api/auth/anonymous-token" -H "X-Client-Id: $client" | field token)
fi
session=$(call -X POST "$base/api/tasks/me/with-session/nemo_agent" -d '{"language": "en"}' | field session_id)
curl -sS "$base/api/upload-video/nemo_agent/me/$session" -H "Authorization: Bearer $token" \
  -F "files=@$clip" | field files > /dev/null

call -N --max-time 900 -X POST "$base/run_sse" \
  -d "$(json session_id "$(quoted "$session")" new_message '{"parts": [{"text": '"$(quoted "$wish")"'}]}')" |
  python3 -c 'import json, sys
for line in sys.stdin:
    event = json.loads(line[6:]) if line.startswith("data: ") else {}
    if event.get("type") == "text":
        print(event["text"])'

render=render_$(date +%s)
call -X POST "$base/api/render/proxy/lambda" \
  -d "$(json id "$(quoted "$render")" sessionId "$(quoted "$session")")" | field id > /dev/null
while status=$(call "$base/api/render/proxy/lambda/$render" | field status); do
  case $status in
    pending | processing) sleep 2 ;;
    completed) break ;;
    *) echo "The render is $status." >&2 && exit 1 ;;
  esac
done
curl -sS --fail -o "$out" "$base/api/render/proxy/$render/download" -H "Authorization: Bearer $token"
echo "$out"
