package scenario_test

// wrongTargets say something of the endpoint that cannot be, or hold a secret.
var wrongTargets = []wrongFile{
	{
		"a key written down", "target: {url: \"https://a.example/v1\", key: sk-123}\n",
		"sale.yaml:1:39: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH",
	},
	{
		"a key by another name", "target:\n  api-key: sk-123\n",
		"sale.yaml:2:3: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH",
	},
	{
		"a key where its variable's name belongs", "target: {key_env: sk-123}\n" + wave,
		"sale.yaml:1:19: key_env is not the name of an environment variable",
		"for example key_env: HOLYSHEEP_API_KEY; the key itself is never written",
	},
	{
		"a header with a key", "target: {headers: {x-api-key: \"123\"}}\n",
		"sale.yaml:1:31: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH, or write ${NAME} for it, an environment variable",
	},
	{
		"a header that authorizes", "target: {headers: {Accept: b, Proxy-Authorization: Basic 123}}\n" + wave,
		"sale.yaml:1:52: header Proxy-Authorization holds a secret: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH, or write ${NAME} for it, an environment variable",
	},
	{
		"a header over two lines", "target: {headers: {A: \"b\\nc: d\"}}\n" + wave,
		"sale.yaml:1:23: the value of header A holds a control character",
		"write it on one line",
	},
	{
		"a header with no value left", "target: {header_names: [X-Shop]}\n" + wave,
		`sale.yaml:1:25: header "X-Shop" has no value: a record keeps only its name`,
		"give it again by --header 'X-Shop: …'",
	},
	{
		"a password in the URL", "target: {url: \"https://me:123@a.example/v1\"}\n" + wave,
		"sale.yaml:1:15: url holds a secret: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH",
	},
	{
		"a key in the query", "target: {url: \"https://a.example/v1?key=123\"}\n" + wave,
		"sale.yaml:1:15: url holds a secret: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH",
	},
	{
		"a password for the proxy", "target: {proxy: \"http://me:123@a.example:3128\"}\n" + wave,
		"sale.yaml:1:17: proxy holds a password: it would be written into the record",
		"use a proxy that asks for none",
	},
	{
		"a key in the body", "workload: {extra_body: {api_key: 123}}\n" + wave,
		`sale.yaml:1:24: extra_body holds "api_key": a key is never written in a scenario`,
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH",
	},
	{
		"a URL without scheme", "target: {url: api.holysheep.ai/v1}\n" + wave,
		`sale.yaml:1:15: url has no scheme`,
		"write https:// in front of it",
	},
	{
		"a URL nearby without scheme", "target: {url: \"localhost:8000/v1\"}\n" + wave,
		`sale.yaml:1:15: url has no scheme`,
		"write http:// in front of it",
	},
	{
		"a URL of another scheme", "target: {url: \"ftp://a.example/v1\"}\n" + wave,
		`sale.yaml:1:15: url has an unknown scheme`,
		"write http:// or https://",
	},
	{
		"a URL without host", "target: {url: \"https:///v1\"}\n" + wave,
		`sale.yaml:1:15: url has no host or a wrong port`,
		"for example https://api.openai.com/v1",
	},
	{
		"a URL with the path of another call", "target: {url: \"https://a.example/v1/messages?a=1\"}\n" + wave,
		"sale.yaml:1:15: url is that of a call of api messages, and the api is chat",
		"write api: messages (--api messages), or the base URL, without /messages",
	},
	{
		"a token that may be a key", "target: {token: sk-123}\n" + wave,
		"sale.yaml:1:17: api chat knows its own tokens",
		"token says which events of api http are tokens; for a key use key_env or key_file",
	},
	{
		"usage that is known", "target: {usage: meta.usage}\n" + wave,
		"sale.yaml:1:17: api chat knows its own usage",
		"write api: http, or leave it out",
	},
	{
		"an end that is known", "target: {end: [done]}\n" + wave,
		"sale.yaml:1:15: api chat knows its own end",
		"write api: http, or leave it out",
	},
	{
		"errors that are known", "target: {fail_if: [code >= 400]}\n" + wave,
		"sale.yaml:1:19: api chat knows its own errors",
		"write api: http, or leave it out",
	},
	{
		"a key instead of a way to send it", "target: {auth: sk-123}\n" + wave,
		"sale.yaml:1:16: auth is not a way to send a key",
		"write bearer, api-key, x-api-key, basic, none; the key itself goes by key_env or key_file",
	},
	{
		"a limit's key of another API", "target: {api: messages, max_tokens_key: max_completion_tokens}\n" + wave,
		"sale.yaml:1:41: api messages has one key for it",
		"leave it out",
	},
	{
		"a key that is none", "target: {max_tokens_key: \"a b\"}\n" + wave,
		"sale.yaml:1:26: max_tokens_key is no key",
		"for example max_completion_tokens",
	},
	{
		"a size without a number", "target: {max_event: large}\n" + wave,
		"sale.yaml:1:21: max_event \"large\": not a size",
		"write a number of bytes with its unit: 64MiB",
	},
	{
		"a size without bytes", "target: {max_event: 0MiB}\n" + wave,
		"sale.yaml:1:21: max_event \"0MiB\": a size is at least a byte",
		"",
	},
	{
		"a size beyond all", "target: {max_event: 2GiB}\n" + wave,
		"sale.yaml:1:21: max_event \"2GiB\": more than 1GiB is not possible",
		"",
	},
	{
		"an unknown API", "target: {api: chats}\n" + wave,
		`sale.yaml:1:15: unknown api "chats"`,
		"did you mean chat?",
	},
	{
		"api http without body", "target: {url: \"http://a.example/x\", api: http}\n" + wave,
		"sale.yaml:1:42: api http needs a body",
		`give its JSON, for example body: '{"prompt": {{json .prompt}}}'`,
	},
	{
		"a body without api http", "target: {body: \"{}\"}\n" + wave,
		"sale.yaml:1:16: api chat makes its own body",
		"write api: http, or leave the body out",
	},
	{
		"key_env and key_file", "target: {key_env: K, key_file: night.csv}\n" + wave,
		"sale.yaml:1:32: both key_env and key_file are given",
		"keep one of them",
	},
	{
		"a certificate without key", "target: {client_cert: night.csv}\n" + wave,
		"sale.yaml:1:23: client_cert needs its client_key",
		"give client_key: PATH",
	},
	{
		"a certificate that is not there", "target: {ca: ca.pem}\n" + wave,
		"sale.yaml:1:14: file ca.pem cannot be read: no such file or directory",
		"paths in a scenario count from its own folder",
	},
	{
		"an address to connect to without port", "target: {connect_to: 10.0.0.7}\n" + wave,
		`sale.yaml:1:22: connect_to is not HOST:PORT`,
		"for example 10.0.0.7:8443",
	},
	{
		"too many retries", "target: {retries: 101}\n" + wave,
		`sale.yaml:1:19: retries "101": more than 100`,
		"",
	},
	{
		"a negative count", "target: {connections: -1}\n" + wave,
		`sale.yaml:1:23: connections "-1": less than 1`,
		"",
	},
	{
		"no timeout", "target: {timeout: 0s}\n" + wave,
		`sale.yaml:1:19: timeout "0s": not more than 0s`,
		"",
	},
}
