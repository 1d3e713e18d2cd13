//! A password typed into the real program: it opens the device, and is neither shown nor found in any file afterwards.

use crate::database::everything_on_disk;
use crate::demo::Demo;
use crate::script::script;

/// Typed where a password is asked; two of them wrong.
const TYPED: [&str; 2] = ["7731-errada", "demo-nao"];

#[test]
fn r_199_a_typed_password_opens_the_device_and_is_nowhere_afterwards() {
    let demo = Demo::new();
    let ended = demo.run(&script("senha.txt"));
    assert!(ended.status.success(), "{}", ended.err);
    let shown = &ended.out;
    for read in [
        "› ••••\n",
        "não aceitou o usuário e a senha",
        "Ligado há: 5 d 21 h",
        "Senha do equipamento: ••••••",
        "ainda não confirmado",
    ] {
        assert!(shown.contains(read), "{read}: {shown}");
    }
    let kept = everything_on_disk(demo.folder());
    for secret in TYPED {
        assert!(!shown.contains(secret) && !ended.err.contains(secret), "{secret} is shown: {shown}");
        let found: Vec<_> =
            kept.iter().filter(|(_, bytes)| holds(bytes, secret.as_bytes())).map(|(path, _)| path).collect();
        assert!(found.is_empty(), "{secret} is kept in {found:?}");
    }
    assert!(kept.iter().any(|(_, bytes)| holds(bytes, b"Cliente em casa.")), "what was typed elsewhere is found");
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
