Feature: Requests and answers on the wire
  What is no request is refused and changes nothing.

  Background:
    Given a key with a token set
    And the access token works

  @KMS2-ERR-002
  Scenario Outline: A refusal says why in a published shape, for <what>
    When I <call>
    Then the call is refused
    And the refusal has a code and a message

    Examples:
      | what                       | call                                    |
      | a plaintext that is none   | encrypt the raw text 1 with the account |
      | a caller that nobody knows | encrypt with no credentials             |
      | a list that holds nothing  | encrypt an empty list with the account  |
      | a token of the wrong kind  | encrypt with the refresh token          |

  @KMS2-ERR-003
  Scenario Outline: A route that does not exist is not found: <method> <path>
    When I call <method> <path>
    Then the call is refused as not found

    Examples:
      | method | path                               |
      | POST   | /keys/{tag}/encrypt                |
      | POST   | /keys/v2/{tag}/encrypt             |
      | POST   | /kms/v2/keys/{tag}/encrypt         |
      | POST   | /kms/v1/key/{tag}/encrypt          |
      | POST   | /kms/v1/keys/{tag}/Encrypt         |
      | POST   | /kms/v1/keys/{tag}/encrypt/        |
      | POST   | /kms/v1/keys/{tag}/encrypt/it      |
      | GET    | /kms/v1/keys/{tag}/encrypt         |
      | PUT    | /kms/v1/keys/{tag}/encrypt         |
      | GET    | /kms/v1/keys/{tag}/rotate          |
      | GET    | /kms/v1/keys/{tag}/get-pub-key     |
      | POST   | /kms/v1/keys/{tag}/createCustomKey |
      | POST   | /kms/v1/keys/{tag}/name            |
      | DELETE | /kms/v1/keys/{tag}/memo            |
      | PUT    | /kms/v1/keys                       |
      | POST   | /kms/v1/keys/{tag}/versions        |
      | GET    | /                                  |

  @KMS2-ERR-004
  Scenario Outline: A key creation that is <flaw> is refused and changes nothing
    Given the list of keys is noted
    When I send a key creation that is <flaw>
    Then the call is refused
    And the list of keys is as noted

    Examples:
      | flaw                |
      | no JSON             |
      | cut off             |
      | empty               |
      | a list              |
      | a number            |
      | followed by more    |
      | of wrong types      |
      | not UTF-8           |
      | with a member twice |

  @KMS2-ERR-004
  Scenario Outline: A token set request that is <flaw> is refused and changes nothing
    Given the state of the key is noted
    When I send a token set request that is <flaw>
    Then the call is refused
    And the state of the key is as noted

    Examples:
      | flaw                |
      | no JSON             |
      | cut off             |
      | a list              |
      | followed by more    |
      | with a member twice |

  @KMS2-ERR-004
  Scenario Outline: An IP ACL change that is <flaw> is refused and changes nothing
    Given the state of the key is noted
    When I send an IP ACL change that is <flaw>
    Then the call is refused
    And the state of the key is as noted

    Examples:
      | flaw                |
      | no JSON             |
      | cut off             |
      | empty               |
      | of wrong types      |
      | followed by more    |
      | with a member twice |

  @KMS2-ERR-004
  Scenario Outline: Nothing comes of <what> that is <flaw>
    Given the state of the key is noted
    When I send <what> that is <flaw>
    Then the call is refused
    And the state of the key is as noted

    Examples:
      | what                          | flaw                |
      | an encryption                 | no JSON             |
      | an encryption                 | cut off             |
      | an encryption                 | followed by more    |
      | an encryption                 | with a member twice |
      | a new name                    | no JSON             |
      | a new name                    | cut off             |
      | a new name                    | with a member twice |
      | a new memo                    | no JSON             |
      | a new memo                    | cut off             |
      | a new memo                    | with a member twice |
      | a renewal of the token set    | no JSON             |
      | a renewal of the token set    | cut off             |
      | a renewal of the token set    | with a member twice |
      | a renewal of the access token | no JSON             |
      | a renewal of the access token | cut off             |
      | a renewal of the access token | with a member twice |

  @KMS2-ERR-004 @needs-isolated
  Scenario: Nothing comes of a migration that is no JSON or cut off
    Given the key is disabled
    And the state of the key is noted
    When I send a migration that is no JSON
    Then the call is refused
    When I send a migration that is cut off
    Then the call is refused
    And the state of the key is as noted

  @KMS2-ERR-004 @needs-isolated
  Scenario: Nothing comes of a migration that is with a member twice
    Given the key is disabled
    And the state of the key is noted
    When I send a migration that is with a member twice
    Then the call is refused
    And the state of the key is as noted

  @KMS2-ERR-005
  Scenario Outline: A request that is <flaw> is a bad request
    When I send a key creation that is <flaw>
    Then the call is refused as a bad request

    Examples:
      | flaw                |
      | no JSON             |
      | cut off             |
      | of wrong types      |
      | with a member twice |

  @KMS2-ERR-006
  Scenario: A member that nobody knows is ignored
    When I encrypt with a member that nobody knows with the account
    Then the call is accepted

  @KMS2-ERR-007
  Scenario: A request without a content type is accepted
    When I encrypt without a content type with the access token
    Then the call is accepted

  @KMS2-ERR-012
  Scenario Outline: A request that calls itself <type> is read as JSON
    When I encrypt with the content type <type> with the account
    Then the call is accepted

    Examples:
      | type                              |
      | text/plain                        |
      | application/x-www-form-urlencoded |

  @KMS2-ERR-008
  Scenario Outline: Without what it works on the key does not <use>
    Given an RSA2048 key
    When I <use> with the account and leave out what it works on
    Then the call is refused

    Examples:
      | use        |
      | encrypt    |
      | decrypt    |
      | re-encrypt |
      | sign       |
      | verify     |

  @KMS2-ERR-008
  Scenario: Without the data that was signed the key does not verify
    Given an RSA2048 key
    When I verify with the account and leave out the data
    Then the call is refused
