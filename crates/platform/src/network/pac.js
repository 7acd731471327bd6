// The functions that a proxy auto-configuration script may call, as Netscape defined them.
// `dnsResolve` and `myIpAddress` come from outside.
function isPlainHostName(host) { return host.indexOf('.') < 0; }
function dnsDomainIs(host, domain) { return host.length >= domain.length && host.slice(-domain.length) === domain; }
function localHostOrDomainIs(host, whole) { return host === whole || (isPlainHostName(host) && whole.indexOf(host + '.') === 0); }
function isResolvable(host) { return dnsResolve(host) !== null; }
function dnsDomainLevels(host) { return host.split('.').length - 1; }
function convert_addr(text) {
  var parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!parts) return null;
  var number = 0;
  for (var i = 1; i <= 4; i++) {
    if (+parts[i] > 255) return null;
    number = number * 256 + +parts[i];
  }
  return number;
}
function isInNet(host, pattern, mask) {
  var address = convert_addr(host);
  if (address === null) {
    var found = dnsResolve(host);
    address = found === null ? null : convert_addr(found);
  }
  var net = convert_addr(pattern), bits = convert_addr(mask);
  if (address === null || net === null || bits === null) return false;
  return ((address & bits) >>> 0) === ((net & bits) >>> 0);
}
function shExpMatch(text, pattern) {
  var source = pattern.replace(/[.+^${}()|\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  return new RegExp('^' + source + '$').test(text);
}
var __days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
var __months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
function __now(words) {
  var now = new Date();
  if (words[words.length - 1] === 'GMT') { words.pop(); now = new Date(now.getTime() + now.getTimezoneOffset() * 60000); }
  return now;
}
function __between(low, value, high) { return low <= high ? low <= value && value <= high : value >= low || value <= high; }
function weekdayRange() {
  var words = Array.prototype.slice.call(arguments), now = __now(words);
  var from = __days.indexOf(words[0]), to = words.length > 1 ? __days.indexOf(words[1]) : from;
  return from >= 0 && to >= 0 && __between(from, now.getDay(), to);
}
function timeRange() {
  var words = Array.prototype.slice.call(arguments), now = __now(words);
  var second = now.getHours() * 3600 + now.getMinutes() * 60 + now.getSeconds();
  if (words.length === 1) return now.getHours() === +words[0];
  // The last hour, or minute, that is named belongs to the range, as in browsers.
  function at(part, absent) {
    function word(i) { return i < part.length ? +part[i] : absent; }
    return word(0) * 3600 + word(1) * 60 + word(2);
  }
  var half = words.length / 2;
  return __between(at(words.slice(0, half), 0), second, at(words.slice(half), 59));
}
function dateRange() {
  var words = Array.prototype.slice.call(arguments), now = __now(words);
  function kind(word) { return __months.indexOf(word) >= 0 ? 'month' : +word > 31 ? 'year' : 'day'; }
  function value(what) { return what === 'month' ? now.getMonth() : what === 'year' ? now.getFullYear() : now.getDate(); }
  function number(word) { var month = __months.indexOf(word); return month >= 0 ? month : +word; }
  if (words.length === 1) return number(words[0]) === value(kind(words[0]));
  var half = words.length / 2, order = { year: 0, month: 1, day: 2 };
  function key(part, live) {
    var sum = 0;
    part.slice().sort(function (a, b) { return order[kind(a)] - order[kind(b)]; })
      .forEach(function (word) { sum = sum * 10000 + (live ? value(kind(word)) : number(word)); });
    return sum;
  }
  var low = words.slice(0, half), high = words.slice(half);
  return __between(key(low), key(low, true), key(high));
}
function alert() {}
