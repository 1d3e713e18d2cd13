# O que o bote diz, em português do Brasil. As chaves são as mesmas em todos os idiomas.

## Começo e ajuda

welcome = Olá, { $name }! Sou o bote. O que vamos fazer?
help =
    Escreva uma destas palavras, ou toque num botão:
    abrir — abre um atendimento, em três etapas
    meus — os atendimentos que você resgatou
    fila — os que ninguém resgatou
    ver [protocolo] — mostra um atendimento
    resgatar, devolver — assume e devolve a responsabilidade
    comentar [texto], editar [texto] — comenta; corrige o último comentário
    anexar — anexa um arquivo
    ferramenta — gráficos e outras consultas da conexão
    consulta — roda a consulta expressa de novo
    historico — tudo o que foi feito no atendimento
    finalizar — encerra o atendimento
    plugins — o que cada plug-in pede, o que tem e o que registrou (administradores)
    canal [equipe ou cliente] — o que este grupo é: o que pode ser dito nele (administradores)
    empresa, idioma — em que empresa você trabalha, em que idioma eu falo
    voltar, cancelar, continuar — passo anterior, desistir, retomar o rascunho
    Numa resposta de texto livre, ponha uma barra antes do comando: /ver.

## Botões

button-open = ➕ Abrir
button-mine = Meus
button-queue = Fila
button-help = Ajuda
button-search-customer = 🔎 Buscar cliente
button-back = ◀ Voltar
button-cancel = Cancelar
button-more = Mais ▶
button-save = ✔ Salvar e gerar protocolo
button-next = Avançar ▶
button-refresh = 🔄 Atualizar
button-start = ▶ Iniciar atendimento
button-toggle = Privado ⇄ Público
button-no-comment = Sem comentário
button-no-connection = Sem conexão
button-no-contract = Sem contrato
button-resume = Retomar rascunho
button-discard = Descartar
button-confirm = Confirmar
button-claim-and-continue = 🛟 Resgatar e continuar
button-claim = 🛟 Resgatar
button-take-over = 🛟 Assumir
button-give-back = ↩ Devolver
button-comment = 💬 Comentar
button-attach = 📎 Anexar
button-tool = 🛠 Ferramenta
button-query = 🔎 Consulta
button-finish = ✅ Finalizar
button-history = 🕘 Histórico
button-show = 🎫 Ver atendimento
button-edit = ✏ Editar
button-private = 🔴 Privado
button-public = 🔵 Público
button-skip-param = Pular
button-yes = Sim
button-no = Não

## Avisos

note-not-understood = Não entendi. Escreva ajuda para ver o que posso fazer.
note-code-alone = Não entendi. Se esse é o código de um cliente, escreva abrir e mande-o de novo.
note-not-readable = Isso eu não sei ler. Mande texto, fotos ou arquivos.
not-handled = Não consegui tratar o que você mandou, nem tentando de novo. Nada foi mudado. Diga ao administrador: referência { $reference }.
note-pick-one = Escolha uma das opções.
note-stale = Esse botão é de uma pergunta anterior. A pergunta de agora:
note-stale-alone = Esse botão é de uma pergunta anterior, sua ou de outra pessoa, e nada foi feito. Escreva ajuda para ver o que posso fazer.
note-cancelled = Cancelado. Nada foi alterado.
note-nothing-to-cancel = Não há nada em andamento. Escreva ajuda para ver o que posso fazer.
note-nothing-to-continue = Não há rascunho para retomar. Escreva abrir para começar um atendimento.
note-parked = Guardei o rascunho. Escreva continuar para retomar.
note-draft-discarded = Rascunho descartado.
note-draft-expired = O rascunho ficou 24 horas parado e foi encerrado. Escreva abrir para começar outro.
note-password-forgotten = A senha digitada passou de 60 segundos e foi apagada.
note-edited = ✍ Comentário editado.
note-file-kept-with-draft = 📎 Arquivo guardado com o rascunho; será anexado quando o atendimento for iniciado.
note-no-file-expected = Em que atendimento devo anexar? Escreva ver e o protocolo, e mande o arquivo de novo.
note-nothing-to-choose = Não há nada para escolher: o que esta ferramenta precisa não está cadastrado neste atendimento.
note-attach-how = Para anexar, escreva @ antes do caminho: anexar @foto.jpg poste em frente à casa
note-no-tools = Não há ferramentas instaladas. O administrador pode instalar na pasta de plug-ins.
note-only-one-company = Seu cadastro é de uma empresa só; não há o que escolher.
note-edited-in-vain = Editar essa mensagem não muda nada do que já foi registrado. Escreva comentar para acrescentar a correção.
note-channel-is-private = Aqui é uma conversa particular, e continua sendo. Diga isso no grupo que quer classificar.
note-channel-how = Escreva canal equipe para um grupo da equipe, ou canal cliente para todos os outros.
channel-is-staff-group = Este grupo é da equipe: respondo com protocolos e códigos, e os dados do cliente só em particular.
channel-is-customer = Este grupo não é da equipe: nada de atendimentos é dito aqui. Para mudar, escreva canal equipe.
note-language-chosen = Pronto, agora falo português.

## Primeira etapa

ask-customer = Primeira etapa · Qual é o cliente? Escreva nome, documento ou código.
customers-found = Qual destes?
customers-none = Ninguém encontrado. Escreva o começo de um nome, o documento inteiro ou o código.
ask-connection = Qual conexão?
ask-contract = Qual contrato?
ask-company = Em que empresa o atendimento será aberto?
ask-origin = Como o cliente entrou em contato?
ask-technician = Quem é o técnico responsável?
ask-report = Escreva o relato do cliente ou do técnico. Fotos e arquivos mandados agora vão junto.
summary-title = Confira a primeira etapa:
opened = ✔ Protocolo { $protocol }. Consultando a situação do cliente…
none = nenhum
unknown = não se sabe
files = { $count ->
    [one] { $count } arquivo
   *[other] { $count } arquivos
}
connection-blocked = 🔴 bloqueada
connection-reduced = 🟡 reduzida

label-connection = Conexão
label-contract = Contrato
label-company = Empresa
label-origin = Origem
label-technician = Técnico responsável
label-address = Endereço
label-report = Relato
label-files = Anexos
label-process = Etapa
label-chosen-process = Processo
label-sla = SLA
label-classification = Classificação
label-notify = Notificação no aplicativo
label-state = Situação
label-holder = Responsável
label-priority = Prioridade
label-tags = Etiquetas
label-rating = Pedir avaliação
label-private = [PRIVADO]
label-public = [PÚBLICO]

## Segunda etapa: consulta expressa

lights-title = Consulta expressa · { $protocol }
lights-age = Resultado de { $age } atrás.
light-red = atenção
light-green = em ordem
light-unknown = fonte não respondeu
light-na = não se aplica
light-outage = Notificação de parada no ponto de acesso
light-delinquent = Inadimplência
light-pending-work = Ordens de serviço e atendimentos
light-reduced = Redução
light-offline = Online/Offline
light-blocked = Bloqueio
light-invoice = Financeiro
light-contract = Contrato
light-priority = Prioridade { $priority }
light-priority-group = Prioridade { $priority } (grupo { $group })
light-connection = Conexão { $connection } cadastrada em { $date }, último NAS { $nas }, último IP { $ip }
light-connection-short = Conexão { $connection } cadastrada em { $date }
detail-outage = Notificação pendente cód. { $code } para este concentrador. Aberta em { $date } às { $time }
detail-delinquent = Cliente inadimplente pela régua do contrato { $contract } ({ $days ->
    [one] { $days } dia
   *[other] { $days } dias
} de atraso)
detail-pending-orders = { $count } O.S. pendente(s): { $codes }
detail-pending-tickets = { $count } atendimento(s) em aberto: { $protocols }
detail-reduced = Conexão { $connection } com velocidade reduzida desde { $date }
detail-offline-since = Conexão { $connection } offline desde { $date } às { $time }
detail-offline = Conexão { $connection } offline, sem sessão registrada
detail-online = Conexão { $connection } online há { $duration }
detail-stale = Conexão { $connection }: sessão sem atualização desde { $date } às { $time }
detail-blocked = Conexão informada { $connection } login { $login } mac { $mac } bloqueada. ({ $reason } em { $date }).
detail-blocked-short = Conexão informada { $connection } bloqueada desde { $date }.
detail-invoice = Fatura pendente { $code } no vcto. { $due } no valor de { $amount }
detail-contract = O contrato { $contract } do plano { $plan } está { $status } desde { $date }.
contract-active = ativo
contract-suspended = suspenso
contract-cancelled = cancelado
priority-low = Baixa
priority-normal = Normal
priority-high = Alta
priority-critical = Crítica

## Terceira etapa

ask-process = Terceira etapa · Qual processo?
ask-classification = Qual classificação?
ask-notify = O que o aplicativo do cliente deve avisar?
notify-none = Nada
notify-start_end = Início e fim
notify-all = Tudo
ask-first-comment = Quer deixar um comentário? Escreva, ou siga sem.
visibility-now-private = 🔴 Vai como PRIVADO: só a equipe lê.
visibility-now-public = 🔵 Vai como PÚBLICO: o cliente pode ler.
start-title = Pronto para iniciar { $protocol }:
sla-promise = { $type } · tabela { $table } · prazo { $time } → vence { $due }
ask-discard-reason = O protocolo { $protocol } já existe. Por que descartar? Escreva o motivo, ou volte.

## Atendimento

lead-started = ▶ Atendimento iniciado. O SLA está contando.
lead-claimed = 🛟 Resgatado: agora é com você.
lead-given-back = ↩ Devolvido: qualquer um pode resgatar.
lead-finished = ✅ Atendimento finalizado.
state-draft = rascunho
state-checked = rascunho, consultado
state-in_progress = em andamento
state-finished = finalizado
state-discarded = descartado
unclaimed = Sem resgate
latest = Últimas interações:
edited-at = (editado { $time })
sla-type-preventive = Preventiva
sla-type-emergency = Emergencial
sla-type-corrective = Corretiva
sla-type-question = Dúvida
sla-type-activation = Ativação
sla-type-other = Outros
sla-state-none = sem SLA
sla-state-running = no prazo
sla-state-due-soon = vence logo
sla-state-late = atrasado
sla-state-met = cumprido
sla-state-missed = não cumprido
sla-due = vence { $due }
sla-due-in = vence { $due } (em { $left })
list-mine = Seus atendimentos:
list-mine-empty = Você não tem atendimentos resgatados. Escreva fila para ver os que esperam.
ask-ticket = Qual atendimento? Toque num deles, ou escreva o protocolo.
list-unclaimed = Sem resgate, por prazo:
list-unclaimed-empty = A fila está vazia.
timeline-title = Histórico · { $protocol }
entry-opened = abriu o atendimento
entry-draft_edited = alterou a primeira etapa
entry-discarded = descartou o rascunho:
entry-express_query = rodou a consulta expressa
entry-started = iniciou o atendimento:
entry-claimed = resgatou
entry-taken_over = assumiu de
entry-given_back = devolveu
entry-commented = comentou
entry-comment_edited = editou o comentário
entry-attached = anexou um arquivo
entry-file_described = descreveu um arquivo
entry-file_rotated = girou uma imagem:
entry-file_deleted = excluiu um arquivo
entry-finished = finalizou:
ask-visibility = Quem pode ler o comentário?
ask-comment = Escreva o comentário.
commented = Comentário gravado em { $protocol }.
ask-edit = Escreva o novo texto. O texto de agora:
ask-file = Mande o arquivo. No terminal: @caminho/do/arquivo descrição
attached = 📎 { $count ->
    [one] Anexado
   *[other] { $count } arquivos anexados
} em { $protocol }: { $names }
ask-closing = Qual é a classificação de encerramento?
ask-rating = Pedir ao cliente que avalie o atendimento no aplicativo?
ask-last-comment = Um último comentário? Escreva, ou siga sem.
confirm-finish = Finalizar este atendimento? Não dá para reabrir. Confirme em até 60 segundos.
sla-warning = ⏰ Atendimento { $protocol }: { $percent } % do prazo já passou.
sla-warning-late = ⏰ Atendimento { $protocol }: o prazo acabou.
taken-over = 🛟 { $by } assumiu o atendimento { $protocol }, que estava com você.
resume-or-discard = Você tem um rascunho guardado. Retomar, ou descartar?

## Ferramentas

ask-tool = Qual ferramenta para { $protocol }?
tool-running = ⏳ { $tool }: buscando os dados…
tool-said = { $message }
tool-failed = { $tool } não conseguiu responder. O atendimento não foi alterado.
tool-trapped = { $tool } falhou e foi encerrada. O atendimento não foi alterado; o administrador vê o motivo no registro.
tool-timed-out = { $tool } demorou demais e foi encerrada. O atendimento não foi alterado; tente de novo mais tarde.
tool-out-of-memory = { $tool } pediu memória demais e foi encerrada. O atendimento não foi alterado.
tool-too-much = { $tool } passou dos limites e foi encerrada. O atendimento não foi alterado.
tool-busy = { $tool } está com chamadas demais ao mesmo tempo. Tente de novo em um minuto.
tool-resting = { $tool } falhou várias vezes seguidas e está em pausa. Tente de novo mais tarde; o administrador vê o motivo no registro.
tool-password-gone = { $tool }: a execução foi interrompida ou esperou demais, e a senha digitada já foi apagada. Não sei se algo chegou ao equipamento: leia o estado antes de tentar de novo.
tool-file = 📄 { $name } ({ $size })
confirm-tool = { $tool }: isto mexe no serviço do cliente. Confirme em até 60 segundos.
hint-integer = Escreva um número inteiro.
hint-decimal = Escreva um número.
hint-range = Escreva um número de { $least } a { $most }.
hint-text = Escreva até { $longest } caracteres.
hint-date = Escolha, ou escreva a data: 24/11/2026
hint-period = Escolha, ou escreva o período: 18/11/2026 a 24/11/2026
hint-password = A senha não é mostrada nem guardada: serve só para esta execução e é apagada em até 60 segundos.
last-days = { $days ->
    [one] Hoje
   *[other] { $days } dias
}
day-today = Hoje
day-yesterday = Ontem
tool-unavailable = { $tool } não está disponível agora. Tente de novo mais tarde.
chart-no-data = sem dados
chart-span = De { $from } a { $to }.
chart-series = { $series }: total { $total }, pico { $peak } em { $when }.
chart-band = { $band }: { $count ->
    [one] 1 intervalo
   *[other] { $count } intervalos
}, { $duration }.
chart-gaps = Sem dados: { $count ->
    [one] 1 intervalo
   *[other] { $count } intervalos
}, { $duration }.

## Empresa e idioma

ask-scope = Em que empresa você quer trabalhar?
scope-all = TODAS as empresas
scope-chosen = Pronto: { $company }
ask-language = Em que idioma devo falar? / Which language?

## Recusas

field-customer = Cliente
field-connection = Conexão
field-contract = Contrato
field-company = Empresa
field-origin = Origem do contato
field-technician = Técnico responsável
field-report = Relato
field-process = Processo
field-classification = Classificação
field-comment = Comentário
field-reason = Motivo
field-file = Arquivo
field-description = Descrição
field-angle = Ângulo
field-search = Busca
field-protocol = Protocolo
field-parameter = Parâmetro
field-channel-class = Tipo do grupo
field-capability = Permissão do plug-in
field-scope = Empresa
field-language = Idioma
invalid-missing = { $field }: falta preencher. Escreva ou escolha um valor.
invalid-too-long = { $field }: o texto passa de { $limit } caracteres. Encurte e mande de novo.
invalid-control-characters = { $field }: o texto tem caracteres de controle. Tire-os e mande de novo.
invalid-not-a-choice = { $field }: essa opção não existe ou não vale mais. Escolha outra.
invalid-malformed = { $field }: não entendi. Um protocolo se escreve assim: 202610.123
invalid-value = Não entendi esse valor. Veja a pergunta e escreva de novo.
invalid-empty = { $field }: está vazio (0 bytes). Mande outro.
invalid-too-large = { $field }: passa do limite de { $limit }. Mande um menor.
invalid-executable = { $field }: é um programa, e programas não são aceitos. Mande uma foto, um PDF ou um texto.
invalid-unreadable = { $field }: não consegui ler. Confira o caminho e mande de novo.
precondition-already-started = O atendimento já foi iniciado.
precondition-not-started = O atendimento ainda não foi iniciado. Escreva continuar para terminar de abrir.
precondition-not-checked = A consulta expressa ainda não foi feita. Toque em Atualizar.
precondition-finished = O atendimento está finalizado; nada mais pode ser feito nele. Abra um novo, se precisar.
precondition-discarded = O rascunho foi descartado. Escreva abrir para começar outro.
precondition-already-yours = O atendimento já está com você.
precondition-pending-service-orders = Há ordens de serviço pendentes. Encerre-as antes de finalizar.
precondition-not-editable = Só dá para editar o seu comentário, e só enquanto for a última interação. Escreva comentar para fazer outro.
precondition-no-connection = O atendimento não tem conexão, e esta ferramenta precisa de uma.
precondition-not-private = Isso só pode ser mostrado em conversa privada. Fale comigo em particular.
precondition-not-a-picture = Só imagens JPEG, PNG e WebP podem ser giradas.
precondition-file-deleted = O arquivo já foi excluído.
precondition-not-your-draft = Só quem abriu o rascunho pode descartá-lo.
precondition-confirmation-expired = A confirmação passou de 60 segundos. Confira e confirme de novo.
precondition-password-gone = A senha digitada passou de 60 segundos e foi apagada. Digite-a de novo.
refused-not-found = Não encontrei. Confira o número, e em que empresa você está (empresa).
refused-not-claimed = Ninguém resgatou este atendimento. Resgate para agir.
refused-claimed-by-other = O atendimento está com { $holder }.
refused-forbidden = Você não tem a permissão { $permission }. Fale com o administrador.
refused-outcome-unknown = Sem resposta do equipamento — situação desconhecida.
conflict-claim-lost = { $holder } resgatou primeiro.
conflict-ticket-changed = O atendimento mudou enquanto isso. Confira e tente de novo.
conflict-key-reused = Este pedido já foi feito com outros dados.
unavailable-database = O banco de dados não respondeu. Tente de novo em instantes.
unavailable-files = O armazenamento de arquivos não respondeu. Tente de novo em instantes.
unavailable-tool = Essa ferramenta não está instalada.

## Plug-ins

plugins-title = Plug-ins desta instalação:
plugins-none = Não há plug-ins na pasta desta instalação.
plugin-state-runs = em uso
plugin-state-rests = descansa: falhou várias vezes seguidas; volta sozinho em até uma hora
plugin-state-former-runs = a versão nova espera; a anterior segue em uso
plugin-state-refused = não carregado
plugin-risk-read = só lê, segundo o plug-in
plugin-risk-write = escreve no atendimento; só para quem o tem
plugin-risk-network = mexe no serviço; só para quem tem o atendimento, e pergunta de novo
plugin-log = Registro de { $plugin }, do mais novo ao mais antigo:
plugin-log-empty = Nada foi escrito desde que o programa começou.
plugin-granted = Anotado: { $plugin } recebe { $capabilities }. Em instantes vale; escreva plugins para conferir.
plugin-revoked = Anotado: { $plugin } perde { $capabilities }. O que a configuração concede continua; escreva plugins para conferir.
button-grant = ✓ Conceder o que pede
button-revoke = ✗ Retirar
button-log = 📜 Registro

# Accounts that are bound to nobody.
stranger-how-to-bind = Olá! Eu sou o bote. Para falar comigo, peça um código a quem administra e mande: /vincular CÓDIGO
stranger-code-refused = Esse código não vale: ele serve uma vez só, por dez minutos. Peça outro a quem administra.
stranger-search = Vincule sua conta para buscar
