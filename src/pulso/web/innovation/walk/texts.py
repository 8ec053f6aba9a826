"""What the people of the synthetic cities say, in their cities' language. All of it is invented, and says so where it names somebody."""

from __future__ import annotations

MUNICIPALITY = "Município de {city}"
COMPANY = "Praças & Passeios, Lda. (sintética)"
UNIVERSITY = "Laboratório de Mobilidade (sintético)"
ROLES = {"editor": "Assessora (sintética)", "engineer": "Engenheiro de dados (sintético)"}
CITIZEN = "Vizinho (sintético)"

CHALLENGE = {
    "title": "Pouca gente na zona da estação",
    "text": "A zona teve nestas semanas um dos pulsos mais baixos da cidade, e quem aqui chega de autocarro segue viagem sem parar. "
    "Como trazer mais pessoas ao largo, sem mais trânsito?",
}
UNMEASURABLE = {
    "title": "Sentir-se seguro no largo à noite",
    "text": "Vizinhas e vizinhos evitam o largo depois das dez. Queremos ouvir porquê e experimentar com eles.",
    "unmeasurable": "Nenhum sensor mede se alguém se sente seguro: perguntamos às pessoas, num inquérito.",
}
COMMENTS = (
    "Com o largo sem carros, os meus filhos podiam esperar pelo autocarro à sombra.",
    "E as cargas e descargas? Falem com as lojas antes de fechar a rua.",
)
TESTBED = {
    "name": "Largo da Estação",
    "kind": "street",
    "conditions": "Passagem livre para emergências e para o autocarro; cargas até às 9:00; seguro de quem experimenta.",
    "contact": "Gabinete de Inovação (sintético)",
}
PRIVACY = "Só contagens que a cidade já publica: nenhum dado pessoal é recolhido."
WORKS = {
    "text": "Durante quatro semanas o largo fica sem carros: bancos, sombra, um mercado e um palco pequeno. Os autocarros passam.",
    "data_protection": PRIVACY,
}
WORKS_PROTOCOL = {
    "hypothesis": "Com o largo sem carros, mais pessoas chegam à zona de autocarro.",
    "stop_rule": "Dois acidentes no largo, ou um atraso mediano dos autocarros acima de dez minutos durante três dias.",
}
PAINTED = {
    "title": "Paragens pintadas",
    "text": "As paragens da zona são pintadas com as escolas, para que se vejam e se usem mais.",
    "data_protection": PRIVACY,
}
PAINTED_PROTOCOL = {
    "hypothesis": "Paragens mais bonitas trazem mais validações.",
    "stop_rule": "Nenhuma: a pintura não incomoda ninguém.",
}
PRACTICE = {
    "title": "Um largo sem carros",
    "text": "Um largo ao pé de uma estação, quatro semanas sem carros, com bancos, sombra e mercado; os autocarros passam. "
    "Precisa de um acordo com as lojas sobre cargas, e de um protocolo congelado antes do primeiro dia.",
}
ADOPTED = "Adotámos a prática de {city}: o nosso largo da estação, quatro semanas sem carros, com bancos, sombra e mercado."
NEXT = {
    "replicate": "O efeito está acima do que importava: oferecemos a prática a outras cidades.",
    "stop": "O protocolo dizia que efeito importava, e não se viu: não se gasta mais nisto. Fica publicado.",
}
