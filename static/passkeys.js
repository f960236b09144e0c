// Passkeys: the one thing that needs script. The page works without; then a code or a password is asked for.
const from64 = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const to64 = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const ask = async (form) => {
  const answer = await fetch(form.dataset.passkeyOptions, {
    method: "POST",
    headers: { "X-CSRFToken": form.querySelector("[name$=csrf_token]").value, Accept: "application/json" },
  });
  if (!answer.ok) throw new Error(String(answer.status));
  const options = await answer.json();
  options.challenge = from64(options.challenge);
  if (options.user) options.user.id = from64(options.user.id);
  for (const name of ["excludeCredentials", "allowCredentials"])
    if (options[name]) options[name] = options[name].map((each) => ({ ...each, id: from64(each.id) }));
  return options;
};

const told = (credential) => {
  const { response } = credential;
  const out = { clientDataJSON: to64(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (response[name]) out[name] = to64(response[name]);
  if (response.getTransports) out.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: to64(credential.rawId),
    type: credential.type,
    response: out,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
};

// Called by tracker.js when the button is pressed: the page is sent as a form, whatever the browser's device answers.
export const run = async (form, button) => {
  const fault = form.querySelector("[data-passkey-fault]");
  if (fault) fault.hidden = true;
  button.disabled = true;
  try {
    const publicKey = await ask(form);
    const credential = publicKey.user
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    form.querySelector(`[name="${button.dataset.passkey}"]`).value = told(credential);
    form.submit();
  } catch {
    button.disabled = false;
    if (fault) {
      fault.hidden = false;
      fault.focus();
    }
  }
};
