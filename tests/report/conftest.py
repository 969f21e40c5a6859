"""The report, computed and written once for all tests of this folder."""

import pytest

from fodfaeste.report.dk2002.content import document
from fodfaeste.report.dk2002.findings import find
from fodfaeste.report.folder import write_document


@pytest.fixture(scope="session")
def found():
    return find(lambda _step, _share: None)


@pytest.fixture(scope="session")
def documents(found):
    return {lang: document(found, lang) for lang in ("da", "en")}


@pytest.fixture(scope="session")
def written(documents, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    for lang, one in documents.items():
        write_document(one, folder / lang, lambda _step, _share: None)
    return folder
