// Asks aviso-ecpds-authz about one watch or replay request, and lets it on to Aviso only on an explicit allow.
// Runs in njs 0.7.9 and later (nginx 1.22 and later); nginx.conf beside this file is its other half.

const ALLOWED_HEADERS = ['www-authenticate', 'retry-after', 'content-type', 'cache-control', 'x-request-id'];
const REFUSALS = [400, 401, 403, 404, 413, 415, 431, 500, 503];

const watch = (r) => decide(r, 'watch');
const replay = (r) => decide(r, 'replay');

// Two traps. Nothing may escape from here: njs answers an uncaught error of an async function by closing the connection.
// And an await inside an argument list crashes the worker process of njs 0.7.9.
async function decide(r, operation) {
  try {
    if (r.method !== 'POST') {
      refuse(r, 404, 'NOT_FOUND', 'no such route');
      return;
    }
    const reply = await check(r, operation);
    answer(r, operation, reply);
  } catch (error) {
    r.error(`authz: ${error}`);
    unavailable(r);
  }
}

// The body must be in memory whole: one that nginx wrote to a file throws here, and is answered with 503.
function check(r, operation) {
  const sent = r.requestBuffer;
  // njs 0.7.9 cannot send an empty body. A blank is just as little JSON, and is refused in the same words.
  const body = sent === undefined || sent.length === 0 ? ' ' : sent;
  return r.subrequest(`/_authz/${operation}`, { method: 'POST', body });
}

function answer(r, operation, reply) {
  if (isAllow(reply)) {
    // Set only now: nginx shares a request's variables with its subrequests.
    r.variables.authz_user = header(reply, 'x-aviso-user');
    r.variables.authz_realm = header(reply, 'x-aviso-realm');
    r.variables.authz_authorization = header(reply, 'authorization') || r.variables.http_authorization || '';
    r.internalRedirect(`/_gateway/${operation}`);
  } else if (isRefusal(reply)) {
    passOn(r, reply);
  } else {
    r.error(`authz: no verdict in status ${reply.status}`);
    unavailable(r);
  }
}

// The status alone would do for the authorizer; the header makes sure that it is the authorizer that answers.
function isAllow(reply) {
  return reply.status === 200 && header(reply, 'x-aviso-decision') === 'allow';
}

// nginx answers for a dead authorizer with an HTML page of its own, so a refusal must look like one of ours.
function isRefusal(reply) {
  return REFUSALS.includes(reply.status) && header(reply, 'content-type').startsWith('application/json');
}

function passOn(r, reply) {
  ALLOWED_HEADERS.forEach((name) => {
    const value = header(reply, name);
    if (value !== '') r.headersOut[name] = value;
  });
  r.return(reply.status, reply.responseText);
}

function unavailable(r) {
  r.headersOut['retry-after'] = String(5 + Math.floor(Math.random() * 11));
  refuse(r, 503, 'SERVICE_UNAVAILABLE', 'the request could not be served at the moment; try again later');
}

function refuse(r, status, code, message) {
  const requestId = r.variables.authz_request_id;
  r.headersOut['content-type'] = 'application/json';
  r.headersOut['cache-control'] = 'no-store';
  r.headersOut['x-request-id'] = requestId;
  const body = { code, error: code.toLowerCase(), message, request_id: requestId };
  r.return(status, JSON.stringify(body));
}

// All values of a header joined by a comma (WWW-Authenticate may come twice), or an empty string.
function header(reply, name) {
  if (name === 'content-type') return reply.headersOut[name] || ''; // nginx keeps it apart from the others
  return reply.rawHeadersOut
    .filter((pair) => pair[0].toLowerCase() === name)
    .map((pair) => pair[1])
    .join(', ');
}

// biome-ignore lint/style/noDefaultExport: what js_import takes
export default { watch, replay };
